package io.nsfl.taskmanager.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.nsfl.federation.privacy.PrivacyAccount;
import io.nsfl.federation.privacy.SampledGaussian;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.PrivacyOrder;
import io.nsfl.protocol.v1.PrivacySpent;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.task.ClientStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivacyLedgerTest {
    private static final double DELTA = 1e-5;
    private static final double NOISE = 2;

    @TempDir
    Path directory;

    private Path mnist;
    private ClientStore store;

    @BeforeEach
    void open() throws IOException {
        mnist = Files.createDirectories(directory.resolve("mnist"));
        Files.writeString(mnist.resolve("images"), "0123456789");
        store = ClientStore.open(directory.resolve("lmdb"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aTaskIsChargedOnceHoweverOftenItComes() {
        PrivacyLedger ledger = ledger(Optional.empty(), "mnist", mnist);

        ledger.reserve(task("a", 1), bounded());
        ledger.reserve(task("a", 1), bounded());
        assertThat(ledger.spent("mnist", DELTA).epsilon()).isCloseTo(epsilon(1), within(1e-12));

        ledger.settle(task("a", 1), true);
        ledger.settle(task("a", 1), true);
        assertThat(ledger.spent("mnist", DELTA).epsilon()).isCloseTo(epsilon(1), within(1e-12));
    }

    @Test
    void aCoinOfTheClientsOwnMakesATaskCheaper() {
        PrivacyLedger ledger = ledger(Optional.empty(), "mnist", mnist);
        TaskDescription sampled = bounded().toBuilder()
                .setPrivacy(bounded().getPrivacy().toBuilder().setSamplingProbability(0.1))
                .build();
        double expected = PrivacyAccount.EMPTY
                .plus(new SampledGaussian(0.1, NOISE), 1)
                .loss(DELTA)
                .epsilon();

        ledger.reserve(task("a", 1), sampled);
        assertThat(ledger.spent("mnist", DELTA).epsilon()).isCloseTo(expected, within(1e-12));
        ledger.settle(task("a", 1), true);
        assertThat(ledger.spent("mnist", DELTA).epsilon()).isCloseTo(expected, within(1e-12));
    }

    @Test
    void aTaskThatMadeNoUpdateCostsNothing() {
        PrivacyLedger ledger = ledger(Optional.empty(), "mnist", mnist);

        ledger.reserve(task("a", 1), bounded());
        ledger.settle(task("a", 1), false);

        assertThat(ledger.spent("mnist", DELTA).epsilon()).isZero();
    }

    @Test
    void aTaskThatIsOverBeforeItsDataAreReadCostsNothing() {
        PrivacyLedger ledger = ledger(Optional.empty(), "mnist", mnist);
        Thread.currentThread().interrupt();
        ledger.settle(task("a", 1), false);

        try {
            assertThatThrownBy(() -> ledger.reserve(task("a", 1), bounded())).hasMessageContaining("not wanted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }

        assertThat(ledger.spent("mnist", DELTA).epsilon()).isZero();
    }

    @Test
    void theAccountIsOverAllJobsAndOutlivesTheProcess() {
        PrivacyLedger before = ledger(Optional.empty(), "mnist", mnist);
        before.reserve(task("a", 1), bounded());
        before.settle(task("a", 1), true);
        before.reserve(task("b", 1), bounded());
        store.close();
        store = ClientStore.open(directory.resolve("lmdb"));

        assertThat(ledger(Optional.empty(), "mnist", mnist)
                        .spent("mnist", DELTA)
                        .epsilon())
                .isCloseTo(epsilon(2), within(1e-12));
    }

    @Test
    void tellsTheServerWhatEachDatasetHasCost() {
        Map<String, String> paths = Map.of("mnist", mnist.toString(), "other", directory.toString());
        PrivacyLedger unlimited = new PrivacyLedger(Optional.empty(), paths, store);
        assertThat(unlimited.spent()).isEmpty();

        TaskDescription description = bounded().toBuilder().addDatasets("mnist").build();
        unlimited.reserve(task("a", 1), description);
        unlimited.settle(task("a", 1), true);
        unlimited.reserve(task("b", 1), description);

        PrivacySpent mirror = unlimited.spent().getFirst();
        assertThat(unlimited.spent()).hasSize(1);
        assertThat(mirror.getDataset()).isEqualTo("mnist");
        assertThat(mirror.getEpsilon()).isCloseTo(epsilon(2), within(1e-12));
        assertThat(mirror.getDelta()).isEqualTo(DELTA);
        assertThat(mirror.getTasks()).isEqualTo(2);
        assertThat(mirror.getEpsilonBudget()).isZero();
        assertThat(new PrivacyLedger(Optional.of(budget(8)), paths, store).spent())
                .extracting(PrivacySpent::getDataset, PrivacySpent::getTasks, PrivacySpent::getEpsilonBudget)
                .containsExactly(tuple("mnist", 2L, 8.0), tuple("other", 0L, 8.0));
    }

    @Test
    void refusesInWordsWhatWouldExceedTheBudget() {
        PrivacyLedger ledger = ledger(Optional.of(budget((epsilon(2) + epsilon(3)) / 2)), "mnist", mnist);
        ledger.reserve(task("a", 1), bounded());
        ledger.settle(task("a", 1), true);
        ledger.reserve(task("a", 2), bounded());

        assertThatThrownBy(() -> ledger.reserve(task("b", 1), bounded()))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault()).isEqualTo(Fault.PRIVACY_BUDGET_EXCEEDED))
                .hasMessageContaining("the dataset mnist has cost an epsilon of")
                .hasMessageContaining("in 2 tasks");
        // What was refused was not charged, and what ends without an update gives its room back.
        ledger.settle(task("a", 2), false);
        assertThatCode(() -> ledger.reserve(task("b", 1), bounded())).doesNotThrowAnyException();
    }

    @Test
    void neitherACopyNorANewVersionBeginsAnew() throws IOException {
        PrivacyLedger ledger = ledger(Optional.empty(), "mnist", mnist);
        ledger.reserve(task("a", 1), bounded());
        ledger.settle(task("a", 1), true);

        Path copy = Files.createDirectories(directory.resolve("copy"));
        Files.copy(mnist.resolve("images"), copy.resolve("images"));
        assertThat(ledger(Optional.empty(), "other", copy).spent("other", DELTA).epsilon())
                .isCloseTo(epsilon(1), within(1e-12));

        Files.writeString(mnist.resolve("images"), "another content");
        assertThat(ledger.spent("mnist", DELTA).epsilon()).isCloseTo(epsilon(1), within(1e-12));
    }

    @Test
    void otherDataHaveTheirOwnAccount() throws IOException {
        Path other = Files.writeString(directory.resolve("other.csv"), "x");
        PrivacyLedger ledger = new PrivacyLedger(
                Optional.empty(), Map.of("mnist", mnist.toString(), "other", other.toString()), store);

        ledger.reserve(task("a", 1), bounded().toBuilder().addDatasets("mnist").build());

        assertThat(ledger.spent("mnist", DELTA).epsilon()).isPositive();
        assertThat(ledger.spent("other", DELTA).epsilon()).isZero();

        // A job that names none may read all.
        ledger.reserve(task("a", 2), bounded());
        assertThat(ledger.spent("other", DELTA).epsilon()).isPositive();
    }

    @Test
    void withABudgetNothingIsDoneThatPromisesNothing() {
        PrivacyLedger ledger = ledger(Optional.of(budget(100)), "mnist", mnist);
        TaskDescription plain = TaskDescription.getDefaultInstance();
        TaskDescription unclipped = TaskDescription.newBuilder()
                .setPrivacy(PrivacyOrder.newBuilder().setNoiseMultiplier(9))
                .build();

        assertThatThrownBy(() -> ledger.reserve(task("a", 1), plain)).hasMessageContaining("promises none");
        assertThatThrownBy(() -> ledger.reserve(task("a", 1), unclipped)).hasMessageContaining("promises none");
        assertThatCode(() -> ledger(Optional.empty(), "mnist", mnist).reserve(task("a", 1), plain))
                .doesNotThrowAnyException();
    }

    @Test
    void noNumberThatIsNoneIsAPromise() {
        PrivacyLedger strict = ledger(Optional.of(budget(100)), "mnist", mnist);
        PrivacyLedger open = ledger(Optional.empty(), "mnist", mnist);
        for (double none : new double[] {Double.NaN, -1, Double.POSITIVE_INFINITY}) {
            for (TaskDescription task : List.of(ordered(none, 1), ordered(NOISE, none))) {
                assertThatThrownBy(() -> strict.reserve(task("a", 1), task)).hasMessageContaining("promises none");
                open.reserve(task("a", 1), task);
            }
        }

        assertThat(open.spent("mnist", DELTA).epsilon()).isZero();
    }

    @Test
    void noiseThatBoundsNothingIsNoPromise() {
        PrivacyLedger strict = ledger(Optional.of(budget(100)), "mnist", mnist);
        PrivacyLedger open = ledger(Optional.empty(), "mnist", mnist);
        TaskDescription all = ordered(1e-200, 1);
        TaskDescription sampled = all.toBuilder()
                .setPrivacy(all.getPrivacy().toBuilder().setSamplingProbability(0.5))
                .build();

        for (TaskDescription task : List.of(all, sampled)) {
            assertThatThrownBy(() -> strict.reserve(task("a", 1), task)).hasMessageContaining("promises none");
            open.reserve(task("a", 1), task);
        }

        assertThat(open.spent()).isEmpty();
    }

    @Test
    void aTaskThatIsDescribedAgainCannotPromiseLess() {
        PrivacyLedger ledger = ledger(Optional.of(budget(100)), "mnist", mnist);
        ledger.reserve(task("a", 1), ordered(NOISE, 1));

        assertThatThrownBy(() -> ledger.reserve(task("a", 1), ordered(NOISE / 10, 1)))
                .hasMessageContaining("was charged for a noise_multiplier of 2.0 and now promises 0.2");

        assertThat(ledger.spent("mnist", DELTA).epsilon()).isCloseTo(epsilon(1), within(1e-12));
    }

    @Test
    void aDatasetThatATaskIsGivenLaterIsChargedToo() throws IOException {
        Path other = Files.writeString(directory.resolve("other.csv"), "x");
        PrivacyLedger ledger = new PrivacyLedger(
                Optional.empty(), Map.of("mnist", mnist.toString(), "other", other.toString()), store);
        ledger.reserve(task("a", 1), bounded().toBuilder().addDatasets("mnist").build());

        ledger.reserve(task("a", 1), bounded().toBuilder().addDatasets("other").build());

        assertThat(ledger.spent("mnist", DELTA).epsilon()).isCloseTo(epsilon(1), within(1e-12));
        assertThat(ledger.spent("other", DELTA).epsilon()).isCloseTo(epsilon(1), within(1e-12));
    }

    @Test
    void metricsOfEvaluationsLeaveOnlyIfTheOwnerAgrees() {
        TaskKey evaluation = new TaskKey("default", "a", "run", 1, 1, TaskKind.TASK_KIND_EVALUATE);
        TaskDescription open = TaskDescription.newBuilder()
                .setPrivacy(PrivacyOrder.newBuilder().setPublicEvaluation(true))
                .build();

        assertThatThrownBy(() -> ledger(Optional.of(budget(9)), "mnist", mnist).reserve(evaluation, open))
                .hasMessageContaining("public_evaluation");
        assertThatCode(() -> ledger(Optional.of(new PrivacyBudget(9, DELTA, true)), "mnist", mnist)
                        .reserve(evaluation, open))
                .doesNotThrowAnyException();
        assertThatCode(() -> ledger(Optional.of(budget(9)), "mnist", mnist).reserve(evaluation, bounded()))
                .doesNotThrowAnyException();
    }

    @Test
    void aDatasetBehindALinkIsKnownByItsContent() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("current"), mnist);
        PrivacyLedger linked = ledger(Optional.empty(), "current", link);

        linked.reserve(task("a", 1), bounded());

        assertThat(ledger(Optional.empty(), "mnist", mnist)
                        .spent("mnist", DELTA)
                        .epsilon())
                .isCloseTo(epsilon(1), within(1e-12));
        Path other = Files.createDirectories(directory.resolve("cifar"));
        Files.writeString(other.resolve("images"), "others");
        Files.createSymbolicLink(other.resolve("itself"), other);
        Path toOther = Files.createSymbolicLink(directory.resolve("latest"), other);
        assertThat(ledger(Optional.empty(), "latest", toOther)
                        .spent("latest", DELTA)
                        .epsilon())
                .isZero();
    }

    @Test
    void aTaskThatNamesNothingThatIsHereIsRefusedAndNotFree() {
        PrivacyLedger ledger = ledger(Optional.of(budget(100)), "mnist", mnist);

        assertThatThrownBy(() -> ledger.reserve(
                        task("a", 1),
                        bounded().toBuilder().addDatasets("nonsense").build()))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("nonsense");
    }

    private PrivacyLedger ledger(Optional<PrivacyBudget> budget, String name, Path path) {
        return new PrivacyLedger(budget, Map.of(name, path.toString()), store);
    }

    private static PrivacyBudget budget(double epsilon) {
        return new PrivacyBudget(epsilon, DELTA, false);
    }

    private static TaskKey task(String job, int round) {
        return new TaskKey("default", job, "run", round, 1, TaskKind.TASK_KIND_TRAIN);
    }

    private static TaskDescription bounded() {
        return ordered(NOISE, 1);
    }

    private static TaskDescription ordered(double noise, double clip) {
        return TaskDescription.newBuilder()
                .setPrivacy(PrivacyOrder.newBuilder().setNoiseMultiplier(noise).setClipNorm(clip))
                .build();
    }

    private static double epsilon(long tasks) {
        return PrivacyAccount.EMPTY
                .plus(SampledGaussian.unsampled(NOISE), tasks)
                .loss(DELTA)
                .epsilon();
    }
}
