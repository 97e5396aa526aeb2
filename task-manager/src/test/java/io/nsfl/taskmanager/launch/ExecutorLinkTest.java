package io.nsfl.taskmanager.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.CancelTaskRequest;
import io.nsfl.protocol.v1.CancelTaskResponse;
import io.nsfl.protocol.v1.ExecutorServiceGrpc;
import io.nsfl.protocol.v1.ExecutorStatus;
import io.nsfl.protocol.v1.ExecutorStatusRequest;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.time.ManualTimers;
import io.nsfl.taskmanager.TestTasks;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.task.ClientStore;
import io.nsfl.taskmanager.task.NotedSteps;
import io.nsfl.taskmanager.task.TaskDesk;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An executor on a real port, which goes on with what it was given by a client that was down meanwhile. */
class ExecutorLinkTest {
    @TempDir
    Path directory;

    private final BlockingQueue<TaskRef> cancelled = new LinkedBlockingQueue<>();
    private final ManualTimers timers = new ManualTimers(Instant.EPOCH);
    private ClientStore store;
    private Server executor;

    @BeforeEach
    void open() throws IOException {
        store = ClientStore.open(directory);
        executor = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(new ExecutorServiceGrpc.ExecutorServiceImplBase() {
                    @Override
                    public void status(ExecutorStatusRequest request, StreamObserver<ExecutorStatus> answer) {
                        answer.onNext(ExecutorStatus.newBuilder()
                                .addRunning(ref(1))
                                .addRunning(ref(2))
                                .addRunning(ref(3))
                                .build());
                        answer.onCompleted();
                    }

                    @Override
                    public void cancel(CancelTaskRequest request, StreamObserver<CancelTaskResponse> answer) {
                        cancelled.add(request.getTask());
                        answer.onNext(CancelTaskResponse.getDefaultInstance());
                        answer.onCompleted();
                    }
                })
                .build()
                .start();
    }

    @AfterEach
    void close() {
        executor.shutdownNow();
        store.close();
    }

    private static TaskRef ref(int round) {
        return TestTasks.training(round);
    }

    @Test
    void stopsWhatItsExecutorRunsThoughItIsOver() throws InterruptedException {
        TaskDesk desk = NotedSteps.desk(store, timers);
        for (int round : new int[] {1, 2}) {
            desk.assign(Assignment.newBuilder()
                    .setTask(ref(round))
                    .setRuntime("dl4j")
                    .setDeadlineMs(600_000)
                    .build());
        }
        desk.drop(TaskKey.of(ref(1)), "Its deadline has passed.");
        ExecutorLink link = new ExecutorLink(
                "nsfl-x-1",
                desk,
                null,
                new Executors.Surroundings(
                        Runnable::run, timers, () -> null, (address, credential) -> Channels.open(address)),
                InternalSecret.generate(new SecureRandom()));

        link.connect("127.0.0.1:" + executor.getPort());

        assertThat(cancelled.poll(60, TimeUnit.SECONDS)).isEqualTo(ref(1));
        assertThat(cancelled.poll(60, TimeUnit.SECONDS))
                .as("one that it does not know")
                .isEqualTo(ref(3));
        assertThat(cancelled).isEmpty();
        link.close();
    }
}
