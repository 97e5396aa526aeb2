package io.nsfl.taskmanager.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.ExecutorReadyRequest;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.Progress;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.SignMaskingRequest;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskManagerServiceGrpc;
import io.nsfl.protocol.v1.TaskProgressRequest;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.fault.GrpcFaultInterceptor;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.security.SecretClientInterceptor;
import io.nsfl.servicekit.time.ManualTimers;
import io.nsfl.taskmanager.deliver.Following;
import io.nsfl.taskmanager.fetch.Coordinators;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.task.ClientStore;
import io.nsfl.taskmanager.task.NotedSteps;
import io.nsfl.taskmanager.task.TaskDesk;
import io.nsfl.taskmanager.task.TaskFiles;
import io.nsfl.taskmanager.task.TaskState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The door on a real port, with two executors of which each has its own credential. */
class ExecutorDoorTest {
    private static final String CLIENT = "c-1";

    @TempDir
    Path directory;

    private final InternalSecret own = InternalSecret.generate(new SecureRandom());
    private final InternalSecret others = InternalSecret.generate(new SecureRandom());
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private ClientStore store;
    private TaskDesk desk;
    private Server server;

    @BeforeEach
    void open() throws IOException {
        store = ClientStore.open(directory.resolve("lmdb"));
        store.putCredential(id("run-1"), own.hex());
        store.putCredential(id("run-2"), others.hex());
        ManualTimers timers = new ManualTimers(Instant.EPOCH);
        desk = NotedSteps.desk(store, timers, failures::add);
        Executors executors = new Executors(
                CLIENT,
                new NoWorkloads(),
                new ExecutorWorkload(null, Optional.empty()),
                null,
                store,
                Resources.getDefaultInstance(),
                new Executors.Surroundings(Runnable::run, timers, () -> own, (address, credential) -> null));
        Coordinators coordinators = new Coordinators(null, Channels::open);
        Following following = new Following(coordinators, timers, Runnable::run, new Random(1));
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(new ExecutorDoor(
                        executors,
                        desk,
                        following,
                        new TaskFiles(directory),
                        coordinators,
                        ClientKey.generate(new SecureRandom()),
                        Duration.ofSeconds(300)))
                .intercept(new ExecutorCaller(executors::withCredential))
                .intercept(new GrpcFaultInterceptor(() -> "error-id"))
                .build()
                .start();
        runTask();
    }

    @AfterEach
    void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        server.shutdownNow();
        store.close();
    }

    private void runTask() {
        desk.assign(Assignment.newBuilder()
                .setTask(ref("run-1"))
                .setRuntime("dl4j")
                .setDeadlineMs(600_000)
                .build());
        desk.fetched(
                TaskKey.of(ref("run-1")),
                TaskDescription.newBuilder().setTask(ref("run-1")).build());
        desk.taken(TaskKey.of(ref("run-1")));
    }

    private static TaskRef ref(String run) {
        return TaskRef.newBuilder()
                .setNamespace("default")
                .setJob("mnist")
                .setRun(run)
                .setRound(1)
                .setAttempt(1)
                .setClientId(CLIENT)
                .setKind(TaskKind.TASK_KIND_TRAIN)
                .build();
    }

    private static String id(String run) {
        return ExecutorKey.of(CLIENT, TaskKey.of(ref(run))).name();
    }

    private TaskManagerServiceGrpc.TaskManagerServiceBlockingStub with(InternalSecret credential) {
        ManagedChannel channel =
                Channels.open("127.0.0.1:" + server.getPort(), SecretClientInterceptor.executor(credential));
        channels.add(channel);
        return TaskManagerServiceGrpc.newBlockingStub(channel);
    }

    private static TaskEndedRequest end(String executor) {
        return TaskEndedRequest.newBuilder()
                .setExecutorId(executor)
                .setTask(ref("run-1"))
                .setFailure(FaultDetail.newBuilder().setCode("SCRIPT_FAILED").setMessage("line 3"))
                .build();
    }

    private TaskState state() {
        return desk.find(TaskKey.of(ref("run-1"))).join().orElseThrow().state();
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Status.Code code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(failure.getStatus().getCode()).isEqualTo(code));
    }

    @Test
    void hearsTheEndOfATaskFromItsOwnExecutor() {
        assertThatCode(() -> with(own).taskEnded(end(id("run-1")))).doesNotThrowAnyException();

        assertThat(state()).isEqualTo(TaskState.DELIVERING);
    }

    /** A full disk, say: the executor has to come again, or the result is lost. */
    @Test
    void doesNotSayThatAnEndIsStoredThatIsNot() {
        AtomicBoolean full = new AtomicBoolean();
        store.writeBehind(task -> {
            if (full.get()) {
                throw new FaultException(Fault.STORAGE_UNAVAILABLE, "No space left on device.");
            }
        });
        full.set(true);
        refused(() -> with(own).taskEnded(end(id("run-1"))), Status.Code.UNAVAILABLE);
        assertThat(state()).isEqualTo(TaskState.RUNNING);

        full.set(false);
        with(own).taskEnded(end(id("run-1")));
        assertThat(state()).isEqualTo(TaskState.DELIVERING);
    }

    @Test
    void letsNoExecutorEndAnothersTask() {
        refused(() -> with(others).taskEnded(end(id("run-2"))), Status.Code.PERMISSION_DENIED);

        assertThat(state()).isEqualTo(TaskState.RUNNING);
    }

    @Test
    void letsNoExecutorSpeakInAnothersName() {
        refused(() -> with(others).taskEnded(end(id("run-1"))), Status.Code.PERMISSION_DENIED);
        refused(
                () -> with(others)
                        .executorReady(ExecutorReadyRequest.newBuilder()
                                .setExecutorId(id("run-1"))
                                .setAddress("127.0.0.1:1")
                                .build()),
                Status.Code.PERMISSION_DENIED);

        assertThat(state()).isEqualTo(TaskState.RUNNING);
    }

    @Test
    void signsForItsExecutorsWhatSecureAggregationSignsAndNothingElse() {
        byte[] label = "nsfl/secagg/advertise/v1".getBytes(StandardCharsets.US_ASCII);
        ByteString message = ByteString.copyFrom(ByteBuffer.allocate(4 + label.length)
                .putInt(label.length)
                .put(label)
                .flip());
        SignMaskingRequest request = SignMaskingRequest.newBuilder()
                .setExecutorId(id("run-1"))
                .setMessage(message)
                .build();

        assertThat(with(own).signMasking(request).getSignature().size()).isEqualTo(64);
        refused(
                () -> with(own)
                        .signMasking(request.toBuilder()
                                .setMessage(ByteString.copyFromUtf8("nsfl/register/v1 and whatever follows"))
                                .build()),
                Status.Code.PERMISSION_DENIED);
        refused(() -> with(others).signMasking(request), Status.Code.PERMISSION_DENIED);
    }

    @Test
    void letsNoExecutorReportAnothersProgress() {
        refused(
                () -> with(others)
                        .taskProgress(TaskProgressRequest.newBuilder()
                                .setExecutorId(id("run-2"))
                                .setProgress(Progress.newBuilder().setTask(ref("run-1")))
                                .build()),
                Status.Code.PERMISSION_DENIED);
    }

    @Test
    void letsNobodyInWithoutACredentialOfThisClient() {
        refused(
                () -> with(InternalSecret.generate(new SecureRandom())).taskEnded(end(id("run-1"))),
                Status.Code.UNAUTHENTICATED);
    }
}
