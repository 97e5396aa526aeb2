package io.nsfl.coordinator.updates;

import static io.nsfl.protocol.v1.TaskKind.TASK_KIND_EVALUATE;
import static io.nsfl.protocol.v1.TaskKind.TASK_KIND_TRAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.nsfl.coordinator.algorithm.Weighting;
import io.nsfl.coordinator.broadcast.LoopbackDoor;
import io.nsfl.coordinator.masking.MaskedResults;
import io.nsfl.coordinator.round.MaskingRules;
import io.nsfl.coordinator.round.OpenWork;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.safetensors.SafetensorsWriter;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.transfer.Frame;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.Receipt.Verdict;
import io.nsfl.protocol.v1.ResultHeader;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.fault.GrpcFaults;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Good and hostile clients against the intake over a real connection. */
@Timeout(60)
class UpdateIntakeTest {
    private static final List<TensorSpec> TENSORS = LoopbackDoor.TENSORS;

    @TempDir
    Path directory;

    private Path stage;
    private LoopbackDoor door;
    private byte[] good;

    @BeforeEach
    void open() throws IOException {
        stage = directory.resolve("stage");
        door = new LoopbackDoor(stage, 1 << 20);
        door.desk.open(door.work(TASK_KIND_TRAIN));
        good = update(TENSORS, 0.25);
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void offersAGoodUpdateWholeAndAnswersWithTheDesksReceipt() {
        assertThat(submit(header("c-1", good), good).getVerdict()).isEqualTo(Verdict.HELD);
        assertThat(door.desk.offeredBytes).containsExactly((long) good.length);
        assertThat(staged()).isEmpty();
    }

    @Test
    void answersARepeatWithTheSameReceiptWithoutReadingItAgain() {
        Receipt first = submit(header("c-1", good), good);
        assertThat(submit(header("c-1", good), good)).isEqualTo(first);
        assertThat(door.desk.offers).hasSize(1);
    }

    @Test
    void letsARepeatWaitForTheDecisionThatIsBeingMade() throws Exception {
        door.desk.holdDecisions();
        CompletableFuture<Receipt> first = door.submit(header("c-1", good), good);
        await(() -> door.desk.offers.size() == 1);
        CompletableFuture<Receipt> repeat = door.submit(header("c-1", good), good);
        byte[] other = update(TENSORS, 0.5);
        assertThat(submit(header("c-1", other), other)).satisfies(receipt -> rejected(receipt, Fault.DUPLICATE));
        door.desk.decideAll();
        assertThat(first.get(60, TimeUnit.SECONDS).getVerdict()).isEqualTo(Verdict.HELD);
        assertThat(repeat.get(60, TimeUnit.SECONDS).getVerdict()).isEqualTo(Verdict.HELD);
        assertThat(door.desk.offers).hasSize(1);
    }

    @Test
    void takesNoBytesForAMaskingSessionThatIsNotOpen() {
        OpenWork work = door.work(TASK_KIND_TRAIN);
        door.desk.open(new OpenWork(
                work.run(),
                work.round(),
                work.attempt(),
                work.kind(),
                work.roster(),
                work.base(),
                work.baseDigest(),
                work.plan(),
                work.weightCap(),
                work.normBound(),
                work.metrics(),
                work.deadline(),
                work.reopened(),
                Optional.of(MaskedResults.layout(
                        work.plan(),
                        work.roster().values(),
                        Weighting.SAMPLES,
                        new MaskingRules(2, false, List.of(), Duration.ofSeconds(60), 100)))));
        ResultHeader later = header("c-1", good).toBuilder()
                .clearMetrics()
                .setMaskingSession(7)
                .build();

        assertThat(submit(later, good).getVerdict()).isEqualTo(Verdict.HELD);

        assertThat(door.desk.offers).isEmpty();
        assertThat(staged()).isEmpty();
    }

    @Test
    void refusesAForgedToken() {
        ResultHeader.Builder header = header("c-1", good).toBuilder();
        header.getTaskBuilder().setClientId("c-2");
        assertThat(failure(header.build(), good)).isEqualTo(Fault.TOKEN_INVALID);
        assertThat(door.desk.offers).isEmpty();
    }

    @Test
    void refusesATokenOfTheOtherKind() {
        ResultHeader.Builder header = header("c-1", good).toBuilder();
        header.getTaskBuilder().setKind(TASK_KIND_EVALUATE);
        assertThat(failure(header.build(), good)).isEqualTo(Fault.TOKEN_INVALID);
    }

    @Test
    void refusesAnotherRun() {
        ResultHeader.Builder header = header("c-1", good).toBuilder();
        header.getTaskBuilder().setRun("another");
        assertThat(failure(header.build(), good)).isEqualTo(Fault.STALE_RUN);
    }

    @Test
    void dropsAGenuineResultOfARoundThatIsOver() {
        TaskRef old = door.signed(door.task("c-1", TASK_KIND_TRAIN).toBuilder().setRound(2));
        Receipt receipt = submit(header("c-1", good).toBuilder().setTask(old).build(), good);
        assertThat(receipt.getVerdict()).isEqualTo(Verdict.SETTLED_DROPPED);
        assertThat(receipt.getFault().getCode()).isEqualTo("UPDATE_TOO_LATE");
    }

    @Test
    void neverTakesALateUpdateForAnEvaluationOfTheSameRound() {
        door.desk.open(door.work(TASK_KIND_EVALUATE));
        assertThat(submit(header("c-1", good), good).getVerdict()).isEqualTo(Verdict.SETTLED_DROPPED);
        assertThat(door.desk.offers).isEmpty();
        assertThat(submit(evaluation(Map.of("accuracy", 0.9, "sample_num", 100.0)), new byte[0])
                        .getVerdict())
                .isEqualTo(Verdict.HELD);
        assertThat(door.desk.offers).hasSize(1);
        assertThat(door.desk.offers.getFirst().stageFile()).isEmpty();
    }

    @Test
    void asksToComeBackWhileTheRoundIsBeingOpened() {
        door.desk.close();
        assertThat(failure(header("c-1", good), good)).isEqualTo(Fault.UNAVAILABLE);
    }

    @Test
    void refusesAClientThatWasNotChosen() {
        assertThat(submit(header("c-9", good), good)).satisfies(receipt -> rejected(receipt, Fault.FORBIDDEN));
    }

    @Test
    void refusesAnUpdateMadeOnAnotherModel() {
        ResultHeader header = header("c-1", good).toBuilder()
                .setBaseDigest(ByteString.copyFrom(new byte[] {1, 2, 3}))
                .build();
        assertThat(submit(header, good)).satisfies(receipt -> rejected(receipt, Fault.STALE));
    }

    @Test
    void refusesWeightsThatAreNone() {
        for (double samples : new double[] {0, -5, 1.5, 10_001, 0x1p63, Double.NaN}) {
            ResultHeader header = header("c-1", good).toBuilder()
                    .putMetrics("sample_num", samples)
                    .build();
            assertThat(submit(header, good)).satisfies(receipt -> rejected(receipt, Fault.BAD_WEIGHT));
        }
    }

    @Test
    void refusesAnotherShapeAndTellsTheDeskThatThisTaskFailed() {
        List<TensorSpec> turned = new ArrayList<>(TENSORS);
        turned.set(0, new TensorSpec("dense/kernel", DType.F32, List.of(1000L, 300L), TensorKind.TRAINABLE));
        byte[] update = update(turned, 0.25);
        assertThat(submit(header("c-1", update), update)).satisfies(receipt -> rejected(receipt, Fault.SHAPE));
        assertThat(door.desk.offers).hasSize(1);
        assertThat(door.desk.offers.getFirst().header().getFailure().getCode()).isEqualTo("SHAPE");
        assertThat(submit(header("c-1", update), update)).satisfies(receipt -> rejected(receipt, Fault.SHAPE));
        assertThat(door.desk.offers).hasSize(1);
        assertThat(staged()).isEmpty();
    }

    @Test
    void refusesNotANumber() {
        byte[] update = update(TENSORS, Double.NaN);
        assertThat(submit(header("c-1", update), update)).satisfies(receipt -> rejected(receipt, Fault.NON_FINITE));
    }

    @Test
    void refusesANormBeyondTheBound() {
        byte[] update = update(TENSORS, 1e5);
        assertThat(submit(header("c-1", update), update)).satisfies(receipt -> rejected(receipt, Fault.NORM));
    }

    @Test
    void refusesAnAnnouncedSizeThatNoUpdateHasBeforeReadingIt() {
        ResultHeader header = header("c-1", good).toBuilder().setSize(1L << 40).build();
        assertThat(submit(header, good)).satisfies(receipt -> rejected(receipt, Fault.REQUEST_TOO_LARGE));
        assertThat(staged()).isEmpty();
    }

    @Test
    void refusesBytesThatAreNoTensors() {
        byte[] noise = new byte[good.length];
        assertThat(submit(header("c-1", noise), noise)).satisfies(receipt -> rejected(receipt, Fault.UPDATE_MALFORMED));
    }

    @Test
    void refusesAHeaderThatIsNone() throws Exception {
        CompletableFuture<Receipt> answer = new CompletableFuture<>();
        StreamObserver<Frame> stream = door.rawSubmit(answer);
        stream.onNext(LoopbackDoor.frame(new byte[] {(byte) 0xFF, 1, 2}, good, 0, 0));
        assertThat(fault(answer)).isEqualTo(Fault.UPDATE_MALFORMED);
    }

    @Test
    void refusesAStreamWithoutAnything() {
        CompletableFuture<Receipt> answer = new CompletableFuture<>();
        door.rawSubmit(answer).onCompleted();
        assertThat(fault(answer)).isEqualTo(Fault.UPDATE_MALFORMED);
    }

    @Test
    void refusesADamagedFrameAndKeepsWhatCameBefore() {
        ResultHeader header = header("c-1", good);
        CompletableFuture<Receipt> answer = new CompletableFuture<>();
        StreamObserver<Frame> stream = door.rawSubmit(answer);
        stream.onNext(LoopbackDoor.frame(header.toByteArray(), good, 0, 0));
        stream.onNext(LoopbackDoor.frame(new byte[0], good, 0, 1000));
        Frame sound = LoopbackDoor.frame(new byte[0], good, 1000, 2000);
        stream.onNext(new Frame(sound.header(), sound.offset(), sound.crc32c() ^ 1, sound.data(), () -> {}));
        assertThat(fault(answer)).isEqualTo(Fault.TRANSFER_CORRUPT);
        assertThat(door.blocking.uploadStatus(header.getTask()).getHeld()).isEqualTo(1000);
    }

    @Test
    void goesOnWhereABrokenConnectionEnded() {
        ResultHeader header = header("c-1", good);
        interrupted(header, 500_000);
        long held = door.blocking.uploadStatus(header.getTask()).getHeld();
        assertThat(held).isEqualTo(500_000);
        assertThat(submit(header.toBuilder().setOffset(held).build(), good).getVerdict())
                .isEqualTo(Verdict.HELD);
        assertThat(door.blocking.uploadStatus(header.getTask()).getReceipt().getVerdict())
                .isEqualTo(Verdict.HELD);
    }

    @Test
    void letsAReconnectedClientTakeOverFromItsDeadStream() {
        ResultHeader header = header("c-1", good);
        CompletableFuture<Receipt> dead = new CompletableFuture<>();
        StreamObserver<Frame> stream = door.rawSubmit(dead);
        stream.onNext(LoopbackDoor.frame(header.toByteArray(), good, 0, 0));
        stream.onNext(LoopbackDoor.frame(new byte[0], good, 0, 1000));
        await(() -> door.blocking.uploadStatus(header.getTask()).getHeld() == 1000);
        assertThat(submit(header, good).getVerdict()).isEqualTo(Verdict.HELD);
        stream.onNext(LoopbackDoor.frame(new byte[0], good, 1000, 2000));
        assertThat(fault(dead)).isEqualTo(Fault.UNAVAILABLE);
    }

    @Test
    void startsAnewWhenAResumedUploadDoesNotFitTogether() {
        ResultHeader header = header("c-1", good);
        interrupted(header, 500_000);
        byte[] other = update(TENSORS, 0.5);
        ResultHeader mixed = header("c-1", other).toBuilder().setOffset(500_000).build();
        assertThat(failure(mixed, other)).isEqualTo(Fault.TRANSFER_CORRUPT);
        assertThat(door.blocking.uploadStatus(header.getTask()).getHeld()).isZero();
        assertThat(submit(header("c-1", other), other).getVerdict()).isEqualTo(Verdict.HELD);
    }

    @Test
    void refusesToGoOnBeyondWhatIsHeld() {
        assertThat(failure(header("c-1", good).toBuilder().setOffset(100).build(), good))
                .isEqualTo(Fault.TRANSFER_CORRUPT);
    }

    @Test
    void sendsClientsAwayWhileTheBudgetIsUsedUpAndTakesThemAfterwards() throws Exception {
        door.desk.holdDecisions();
        CompletableFuture<Receipt> first = door.submit(header("c-1", good), good);
        await(() -> door.desk.offers.size() == 1);
        CompletableFuture<Receipt> second = door.submit(header("c-2", good), good);
        assertThat(fault(second)).isEqualTo(Fault.UPLOADS_BUSY);
        assertThat(GrpcFaults.from(cause(second)).retryAfter()).contains(UpdateIntake.BUSY);
        door.desk.decideAll();
        first.get(60, TimeUnit.SECONDS);
        await(() -> staged().isEmpty());
        CompletableFuture<Receipt> again = door.submit(header("c-2", good), good);
        await(() -> door.desk.offers.size() == 2);
        door.desk.decideAll();
        assertThat(again.get(60, TimeUnit.SECONDS).getVerdict()).isEqualTo(Verdict.HELD);
    }

    @Test
    void passesOnTheFailureOfATask() {
        ResultHeader failed = ResultHeader.newBuilder()
                .setTask(door.task("c-1", TASK_KIND_TRAIN))
                .setFailure(FaultDetail.newBuilder().setCode("SCRIPT_FAILED").setMessage("exit code 3"))
                .build();
        assertThat(submit(failed, new byte[0]).getVerdict()).isEqualTo(Verdict.SETTLED_DROPPED);
        assertThat(door.desk.offers.getFirst().header().getFailure().getMessage())
                .isEqualTo("exit code 3");
    }

    @Test
    void clearsAwayWhatInterruptedUploadsOfAnEarlierWorkLeft() {
        interrupted(header("c-1", good), 500_000);
        assertThat(staged()).hasSize(1);
        door.desk.open(door.work(TASK_KIND_EVALUATE));
        submit(evaluation(Map.of("accuracy", 0.9)), new byte[0]);
        assertThat(staged()).isEmpty();
    }

    @Test
    void boundsTheMetrics() {
        ResultHeader.Builder header = header("c-1", good).toBuilder();
        for (int i = 0; i <= ResultHeaders.MAX_METRICS; i++) {
            header.putMetrics("metric-" + i, i);
        }
        assertThat(failure(header.build(), good)).isEqualTo(Fault.UPDATE_MALFORMED);
    }

    private void interrupted(ResultHeader header, int bytes) {
        CompletableFuture<Receipt> answer = new CompletableFuture<>();
        StreamObserver<Frame> stream = door.rawSubmit(answer);
        stream.onNext(LoopbackDoor.frame(header.toByteArray(), good, 0, 0));
        stream.onNext(LoopbackDoor.frame(new byte[0], good, 0, bytes));
        await(() -> door.blocking.uploadStatus(header.getTask()).getHeld() == bytes);
        stream.onError(new IllegalStateException("The network broke"));
        assertThat(catchThrowable(() -> answer.get(60, TimeUnit.SECONDS))).isNotNull();
    }

    private Receipt submit(ResultHeader header, byte[] update) {
        try {
            return door.submit(header, update).get(60, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new AssertionError("The call failed", failed);
        }
    }

    private Fault failure(ResultHeader header, byte[] update) {
        return fault(door.submit(header, update));
    }

    private static Fault fault(CompletableFuture<Receipt> answer) {
        return GrpcFaults.from(cause(answer)).fault();
    }

    private static Throwable cause(CompletableFuture<Receipt> answer) {
        Throwable thrown = catchThrowable(() -> answer.get(60, TimeUnit.SECONDS));
        assertThat(thrown).isInstanceOf(ExecutionException.class);
        return thrown.getCause();
    }

    private static void rejected(Receipt receipt, Fault fault) {
        assertThat(receipt.getVerdict()).isEqualTo(Verdict.REJECTED);
        assertThat(receipt.getFault().getCode()).isEqualTo(fault.name());
    }

    private ResultHeader header(String client, byte[] update) {
        return ResultHeader.newBuilder()
                .setTask(door.task(client, TASK_KIND_TRAIN))
                .setSize(update.length)
                .setSha256(ByteString.copyFrom(sha256(update)))
                .setBaseDigest(ByteString.copyFrom(LoopbackDoor.BASE_DIGEST))
                .putMetrics("sample_num", 600)
                .build();
    }

    private ResultHeader evaluation(Map<String, Double> metrics) {
        TaskKind kind = TASK_KIND_EVALUATE;
        return ResultHeader.newBuilder()
                .setTask(door.task("c-1", kind))
                .putAllMetrics(metrics)
                .build();
    }

    private byte[] update(List<TensorSpec> specs, double value) {
        Path file = directory.resolve("update.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            TensorSet tensors = TensorSet.allocate(arena, specs);
            Elements.write(DType.F32, tensors.tensors().getFirst().data(), 7, 1, new double[] {value});
            SafetensorsWriter.write(file, tensors, Map.of());
            return Files.readAllBytes(file);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private List<Path> staged() {
        try (var files = Files.list(stage)) {
            return files.toList();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            assertThat(Thread.currentThread().isInterrupted()).as("time is up").isFalse();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
