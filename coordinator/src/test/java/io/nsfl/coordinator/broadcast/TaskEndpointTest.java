package io.nsfl.coordinator.broadcast;

import static io.nsfl.protocol.v1.TaskKind.TASK_KIND_TRAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.nsfl.coordinator.round.ArtifactFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.transfer.FileSink;
import io.nsfl.protocol.transfer.FrameFetch;
import io.nsfl.protocol.transfer.FrameReceiver;
import io.nsfl.protocol.transfer.TransferMethods;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactHeader;
import io.nsfl.protocol.v1.FetchTaskRequest;
import io.nsfl.protocol.v1.Progress;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.fault.GrpcFaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TaskEndpointTest {
    @TempDir
    Path directory;

    private LoopbackDoor door;
    private TaskRef task;

    @BeforeEach
    void open() throws IOException {
        door = new LoopbackDoor(directory.resolve("stage"), 1 << 20);
        door.desk.open(door.work(TASK_KIND_TRAIN));
        task = door.task("c-1", TASK_KIND_TRAIN);
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void describesATaskToItsClientOnly() {
        assertThat(door.blocking.describeTask(task).getRuntime()).isEqualTo("pytorch");
        TaskRef forged = task.toBuilder().setClientId("c-2").build();
        assertThat(fault(catchThrowable(() -> door.blocking.describeTask(forged))))
                .isEqualTo(Fault.TOKEN_INVALID);
    }

    @Test
    void waitsWithTheDescriptionForWhatSavesItsClientBytes() throws Exception {
        door.desk.prepared = new CompletableFuture<>();
        CompletableFuture<TaskDescription> described = describe();
        door.desk.awaitAsked();
        assertThat(described).isNotDone();

        door.desk.prepared.complete(null);

        assertThat(described.get(60, TimeUnit.SECONDS).getRuntime()).isEqualTo("pytorch");
    }

    @Test
    void describesWithoutItWhenThatTakesTooLong() throws Exception {
        door.desk.prepared = new CompletableFuture<>();
        CompletableFuture<TaskDescription> described = describe();
        door.desk.awaitAsked();

        // The call may be about to set its timer.
        while (!described.isDone()) {
            door.timers.advance(Duration.ofSeconds(10));
            Thread.onSpinWait();
        }

        assertThat(described.get().getRuntime()).isEqualTo("pytorch");
    }

    private CompletableFuture<TaskDescription> describe() {
        CompletableFuture<TaskDescription> described = new CompletableFuture<>();
        door.stub.describeTask(task, new StreamObserver<>() {
            @Override
            public void onNext(TaskDescription description) {
                described.complete(description);
            }

            @Override
            public void onError(Throwable failure) {
                described.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {}
        });
        return described;
    }

    @Test
    void refusesATaskReferenceThatNamesNoWork() {
        for (TaskRef.Builder broken : new TaskRef.Builder[] {
            task.toBuilder().setRound(0),
            task.toBuilder().setAttempt(-1),
            task.toBuilder().clearKind(),
            task.toBuilder().setClientId("../../etc/passwd"),
            task.toBuilder().clearClientId()
        }) {
            assertThat(fault(catchThrowable(() -> door.blocking.describeTask(broken.build()))))
                    .isEqualTo(Fault.REQUEST_INVALID);
        }
    }

    @Test
    void tellsThatARoundIsOver() {
        TaskRef old = door.signed(task.toBuilder().setRound(2));
        assertThat(fault(catchThrowable(() -> door.blocking.describeTask(old)))).isEqualTo(Fault.STALE);
    }

    @Test
    void sendsAnArtifactAndGoesOnAtAnOffset() throws Exception {
        byte[] bytes = new byte[3_500_000];
        new Random(5).nextBytes(bytes);
        publish("weights", bytes);
        Path target = directory.resolve("received");
        Files.write(target, Arrays.copyOf(bytes, 1_234_567));
        assertThat(fetch("weights", target, 1_234_567).getSize()).isEqualTo(bytes.length);
        assertThat(Files.readAllBytes(target)).isEqualTo(bytes);
        fetch("weights", target, 0);
        assertThat(Files.readAllBytes(target)).isEqualTo(bytes);
    }

    @Test
    void sendsTheHeaderAloneWhenAllIsThere() throws Exception {
        publish("scripts", new byte[10]);
        Path target = directory.resolve("received");
        Files.write(target, new byte[10]);
        assertThat(fetch("scripts", target, 10).getName()).isEqualTo("scripts");
    }

    @Test
    void refusesUnknownArtifactsAndOffsetsOutside() throws Exception {
        publish("scripts", new byte[10]);
        Path target = directory.resolve("received");
        assertThat(fault(catchThrowable(() -> fetch("secrets", target, 0)))).isEqualTo(Fault.ARTIFACT_UNKNOWN);
        Files.write(target, new byte[11]);
        assertThat(fault(catchThrowable(() -> fetch("scripts", target, 11)))).isEqualTo(Fault.REQUEST_INVALID);
    }

    @Test
    void passesProgressUpAndDirectivesDown() throws Exception {
        Directives directives = new Directives();
        StreamObserver<Progress> stream = door.stub.reportProgress(directives);
        stream.onNext(progress("training"));
        await(() -> door.desk.progress.size() == 1);
        door.desk.sink.accept(order(TaskDirective.Order.STOP));
        assertThat(directives.next().getOrder()).isEqualTo(TaskDirective.Order.STOP);
        stream.onCompleted();
        directives.ended.get(60, TimeUnit.SECONDS);
        await(() -> !door.desk.subscribed);
        await(() -> door.timers.pending() == 0);
    }

    @Test
    void beatsWhileTheClientBeats() throws Exception {
        Directives directives = new Directives();
        StreamObserver<Progress> stream = door.stub.reportProgress(directives);
        for (int period = 1; period <= 5; period++) {
            stream.onNext(progress("training"));
            int words = period;
            await(() -> door.desk.progress.size() == words);
            await(() -> door.timers.pending() == 1);
            door.timers.advance(BeatingCall.BEAT);
            assertThat(directives.next()).isEqualTo(TaskDirective.getDefaultInstance());
        }
        assertThat(directives.ended).isNotDone();
        stream.onCompleted();
    }

    @Test
    void givesASilentClientUpAfterThreePeriods() {
        Directives directives = new Directives();
        StreamObserver<Progress> stream = door.stub.reportProgress(directives);
        stream.onNext(progress("training"));
        await(() -> door.desk.progress.size() == 1);
        for (int period = 0; period < BeatingCall.SILENT_PERIODS; period++) {
            await(() -> door.timers.pending() == 1);
            door.timers.advance(BeatingCall.BEAT);
        }
        assertThat(fault(directives.failure())).isEqualTo(Fault.UNAVAILABLE);
        await(() -> !door.desk.subscribed);
    }

    @Test
    void refusesProgressWithAForgedToken() {
        Directives directives = new Directives();
        StreamObserver<Progress> stream = door.stub.reportProgress(directives);
        stream.onNext(progress("training").toBuilder()
                .setTask(task.toBuilder().setToken(ByteString.copyFromUtf8("guess")))
                .build());
        assertThat(fault(directives.failure())).isEqualTo(Fault.TOKEN_INVALID);
        assertThat(door.desk.progress).isEmpty();
    }

    @Test
    void refusesToMixTasksOnOneProgressStream() {
        Directives directives = new Directives();
        StreamObserver<Progress> stream = door.stub.reportProgress(directives);
        stream.onNext(progress("training"));
        stream.onNext(progress("training").toBuilder()
                .setTask(door.task("c-2", TASK_KIND_TRAIN))
                .build());
        assertThat(fault(directives.failure())).isEqualTo(Fault.REQUEST_INVALID);
    }

    private void publish(String name, byte[] bytes) throws IOException {
        Path file = Files.write(directory.resolve(name), bytes);
        door.desk.artifacts.put(
                name,
                new ArtifactFile(
                        Artifact.newBuilder()
                                .setName(name)
                                .setSize(bytes.length)
                                .build(),
                        file));
    }

    private Artifact fetch(String name, Path target, long offset) throws Exception {
        CompletableFuture<Artifact> announced = new CompletableFuture<>();
        FrameFetch<FetchTaskRequest> fetch = new FrameFetch<>(new FrameReceiver(header -> {
            Artifact artifact = ArtifactHeader.parseFrom(header).getArtifact();
            announced.complete(artifact);
            return FileSink.open(target, offset, artifact.getSize());
        }));
        ClientCalls.asyncServerStreamingCall(
                door.channel().newCall(TransferMethods.fetchTask(), CallOptions.DEFAULT),
                FetchTaskRequest.newBuilder()
                        .setTask(task)
                        .setArtifact(name)
                        .setOffset(offset)
                        .build(),
                fetch);
        try (FileSink sink = fetch.done().toCompletableFuture().get(60, TimeUnit.SECONDS)) {
            assertThat(sink.full()).isTrue();
        } catch (ExecutionException failed) {
            throw (Exception) failed.getCause();
        }
        return announced.join();
    }

    private Progress progress(String stage) {
        return Progress.newBuilder().setTask(task).setStage(stage).build();
    }

    private static TaskDirective order(TaskDirective.Order order) {
        return TaskDirective.newBuilder().setOrder(order).build();
    }

    private static Fault fault(Throwable failure) {
        return GrpcFaults.from(failure).fault();
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            assertThat(Thread.currentThread().isInterrupted()).as("time is up").isFalse();
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** What came down a progress stream. */
    private static final class Directives implements StreamObserver<TaskDirective> {
        private final BlockingQueue<TaskDirective> came = new LinkedBlockingQueue<>();
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        TaskDirective next() throws InterruptedException {
            return came.poll(60, TimeUnit.SECONDS);
        }

        Throwable failure() {
            return catchThrowable(() -> ended.get(60, TimeUnit.SECONDS)).getCause();
        }

        @Override
        public void onNext(TaskDirective directive) {
            came.add(directive);
        }

        @Override
        public void onError(Throwable failure) {
            ended.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            ended.complete(null);
        }
    }
}
