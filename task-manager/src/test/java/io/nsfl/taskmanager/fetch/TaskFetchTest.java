package io.nsfl.taskmanager.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactKind;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskServiceGrpc;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.time.ManualTimers;
import io.nsfl.taskmanager.TestTasks;
import io.nsfl.taskmanager.dataset.AccountedDatasets;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.privacy.PrivacyLedger;
import io.nsfl.taskmanager.state.RunStates;
import io.nsfl.taskmanager.task.ClientStore;
import io.nsfl.taskmanager.task.NotedSteps;
import io.nsfl.taskmanager.task.TaskDesk;
import io.nsfl.taskmanager.task.TaskFiles;
import io.nsfl.taskmanager.task.TaskRecord;
import io.nsfl.taskmanager.task.TaskResult;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a coordinator on a real port may and may not have this client fetch. */
class TaskFetchTest {
    private static final long QUOTA = 1000;
    private static final byte[] ACCEPTED = new byte[32];

    @TempDir
    Path directory;

    private final TaskDescription.Builder description = TaskDescription.newBuilder()
            .setRuntime("dl4j")
            .setConfigFile("task.json")
            .setModelSuffix(".safetensors");
    private final ManualTimers timers = new ManualTimers(Instant.EPOCH);
    private ClientStore store;
    private Server coordinator;
    private ManagedChannel channel;
    private TaskDesk desk;

    @BeforeEach
    void open() throws IOException {
        store = ClientStore.open(directory.resolve("lmdb"));
        desk = NotedSteps.desk(store, timers);
        coordinator = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(new TaskServiceGrpc.TaskServiceImplBase() {
                    @Override
                    public void describeTask(TaskRef task, StreamObserver<TaskDescription> response) {
                        response.onNext(description.setTask(task).build());
                        response.onCompleted();
                    }
                })
                .build()
                .start();
        channel = Channels.open("127.0.0.1:" + coordinator.getPort());
    }

    @AfterEach
    void close() {
        channel.shutdownNow();
        coordinator.shutdownNow();
        store.close();
    }

    private TaskResult fetched(ScriptPolicy policy) {
        TaskRef task = TestTasks.training(1);
        desk.assign(Assignment.newBuilder()
                .setTask(task)
                .setRuntime("dl4j")
                .setDeadlineMs(600_000)
                .build());
        new TaskFetch(
                        new Coordinators(channel, Channels::open),
                        new ArtifactCache(directory.resolve("cache"), QUOTA),
                        new WorkspaceBuild(directory, AccountedDatasets.NONE),
                        new TaskFiles(directory),
                        new RunStates(directory.resolve("state"), store, QUOTA, timers),
                        policy,
                        new PrivacyLedger(Optional.empty(), Map.of(), store),
                        new Attempts(TaskFetchTest::atOnce, timers, new Random(1)))
                .start(record(task), desk);
        return record(task).result().orElseThrow();
    }

    private TaskRecord record(TaskRef task) {
        return desk.find(TaskKey.of(task)).join().orElseThrow();
    }

    /** A thread whose work is done when its start returns. */
    private static Thread atOnce(Runnable work) {
        return new Thread(work) {
            @Override
            public void start() {
                run();
            }
        };
    }

    private static Artifact artifact(String name, ArtifactKind kind, byte[] sha256, long size) {
        return Artifact.newBuilder()
                .setName(name)
                .setKind(kind)
                .setSha256(ByteString.copyFrom(sha256))
                .setSize(size)
                .build();
    }

    @Test
    void runsNoScriptsThatComeBesideTheAcceptedOnes() {
        byte[] others = new byte[32];
        others[0] = 1;
        description
                .addArtifacts(artifact("scripts", ArtifactKind.ARTIFACT_KIND_SCRIPTS, ACCEPTED, 10))
                .addArtifacts(artifact("more", ArtifactKind.ARTIFACT_KIND_SCRIPTS, others, 10));

        TaskResult result =
                fetched(new ScriptPolicy(Optional.empty(), Set.of(HexFormat.of().formatHex(ACCEPTED))));

        assertThat(result.faultCode()).isEqualTo("FORBIDDEN");
        assertThat(result.faultMessage()).contains(HexFormat.of().formatHex(others));
    }

    @Test
    void fetchesNothingOfATaskThatIsLargerThanTheQuotaAsAWhole() {
        for (int i = 0; i < 3; i++) {
            byte[] digest = new byte[32];
            digest[0] = (byte) i;
            description.addArtifacts(artifact("file" + i, ArtifactKind.ARTIFACT_KIND_PREPARED_FILE, digest, QUOTA / 2));
        }

        TaskResult result = fetched(ScriptPolicy.ACCEPT_ALL);

        assertThat(result.faultCode()).isEqualTo("STORAGE_FULL");
        assertThat(result.faultMessage()).contains("1500 bytes").contains("storage_quota of 1000");
    }
}
