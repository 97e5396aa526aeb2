package io.nsfl.federation.aggregate;

import static io.nsfl.federation.Tensors.of;
import static io.nsfl.federation.Tensors.set;
import static io.nsfl.federation.Tensors.spec;
import static io.nsfl.federation.Tensors.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nsfl.federation.Vectors;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folds that look at what a client did besides its update: FedNova, q-FedAvg, norm bounding. */
class ClientWorkFoldsTest {
    private static final TensorSpec W = spec("w", DType.F64, TensorKind.TRAINABLE, 2);
    private static final TensorSpec RUNNING = spec("running_mean", DType.F64, TensorKind.STATISTIC, 1);

    @TempDir
    Path scratch;

    private final FoldPlan plan =
            FoldPlan.forRound(List.of(W, RUNNING), new RangeEstimate(Map.of("w", 16.0, "running_mean", 16.0)), 3, 1000);

    @Test
    void novaIsFederatedAveragingWhenAllWorkedTheSame() {
        TensorSet expected;
        try (ExactFold fold = new ExactFold(plan)) {
            expected = mean(fold, "anything", 7, 7, 7);
        }
        try (NormalizedFold fold = new NormalizedFold(plan, LocalWork.plain())) {
            TensorSet mean = mean(fold, NormalizedFold.STEPS, 7, 7, 7);
            assertThat(values(mean.get("w"))).containsExactly(values(expected.get("w")), within(1e-12));
        }
    }

    /** x - tau_eff * eta * sum p_i d_i, by hand: p = .6 .3 .1, tau = 1 2 10. */
    @Test
    void novaNormalisesByTheStepsOfEachClient() {
        try (NormalizedFold fold = new NormalizedFold(plan, LocalWork.plain())) {
            TensorSet mean = mean(fold, NormalizedFold.STEPS, 1, 2, 10);
            double effective = .6 * 1 + .3 * 2 + .1 * 10;
            double first = effective * (.6 * 1 / 1 + .3 * -4 / 2 + .1 * 8 / 10);
            double second = effective * (.6 * 2 / 1 + .3 * 0.5 / 2 + .1 * -1 / 10);
            assertThat(values(mean.get("w"))).containsExactly(new double[] {first, second}, within(1e-12));
            assertThat(mean.get("running_mean").at(0)).isEqualTo(.6 * 1 + .3 * 2 + .1 * 3, within(1e-12));
        }
    }

    @Test
    void novaCountsTheWorkOfMomentumAndOfProximalSteps() {
        // Plain sums: with momentum each gradient counts (1 - rho^(steps left)) / (1 - rho).
        double rho = 0.9;
        double sum = 0;
        for (int left = 1; left <= 5; left++) {
            sum += (1 - Math.pow(rho, left)) / (1 - rho);
        }
        assertThat(LocalWork.momentum(rho).of(5)).isCloseTo(sum, within(1e-12));
        // The proximal term shrinks what was gone before each step.
        double etaMu = 0.1;
        double proximal = 0;
        for (int left = 0; left < 5; left++) {
            proximal += Math.pow(1 - etaMu, left);
        }
        assertThat(LocalWork.proximal(etaMu).of(5)).isCloseTo(proximal, within(1e-12));
        for (LocalWork work : List.of(LocalWork.plain(), LocalWork.momentum(rho), LocalWork.proximal(etaMu))) {
            assertThat(work.of(1)).isCloseTo(1, within(1e-12));
        }
        assertThat(LocalWork.momentum(0).of(12)).isEqualTo(12);
    }

    @Test
    void novaDoesNotKnowWhoCameFirst() {
        double[] forwards;
        try (NormalizedFold fold = new NormalizedFold(plan, LocalWork.momentum(0.9))) {
            forwards = values(mean(fold, NormalizedFold.STEPS, 3, 5, 11).get("w"));
        }
        try (NormalizedFold fold = new NormalizedFold(plan, LocalWork.momentum(0.9))) {
            fold.fold(update(2), contribution(2, NormalizedFold.STEPS, 11));
            fold.fold(update(0), contribution(0, NormalizedFold.STEPS, 3));
            fold.fold(update(1), contribution(1, NormalizedFold.STEPS, 5));
            assertThat(values(mean(fold).get("w"))).containsExactly(forwards);
        }
    }

    @Test
    void workThatNobodyReportedCannotBeFolded() {
        try (NormalizedFold nova = new NormalizedFold(plan, LocalWork.plain());
                FairFold fair = new FairFold(plan, 1, 0.1, scratch)) {
            assertThatThrownBy(() -> nova.fold(update(0), contribution(0, "other", 1)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> fair.fold(update(0), contribution(0, "other", 1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void fairnessEqualsThePublishedStep() {
        Vectors vectors = new Vectors("qfedavg");
        double[] start = vectors.numbers("w");
        double[] loss = vectors.numbers("loss");
        FoldPlan one = FoldPlan.forRound(List.of(W), new RangeEstimate(Map.of("w", 1.0)), 3, 1000);
        TensorSet out = TensorSet.allocate(Arena.ofAuto(), one.aggregateSpecs());
        try (FairFold fold = new FairFold(one, vectors.numbers("q")[0], 1 / vectors.numbers("L")[0], scratch)) {
            for (int k = 0; k < 3; k++) {
                double[] trained = vectors.numbers("w." + k);
                fold.fold(
                        set(of(W, trained[0] - start[0], trained[1] - start[1])),
                        contribution(k, FairFold.LOSS, loss[k]));
            }
            fold.mean(out);
        }
        double[] expected = vectors.numbers("expected");
        assertThat(start[0] + out.get("w").at(0)).isCloseTo(expected[0], within(1e-12));
        assertThat(start[1] + out.get("w").at(1)).isCloseTo(expected[1], within(1e-12));
    }

    @Test
    void withoutFairnessItIsThePlainMean() {
        try (FairFold fold = new FairFold(plan, 0, 0.1, scratch)) {
            TensorSet mean = mean(fold, FairFold.LOSS, 0, 100, 3);
            assertThat(values(mean.get("w")))
                    .containsExactly(new double[] {(1 - 4 + 8) / 3.0, (2 + 0.5 - 1) / 3}, within(1e-12));
        }
    }

    @Test
    void aClientThatIsServedBadlyCountsMore() {
        try (FairFold fold = new FairFold(plan, 2, 0.1, scratch)) {
            TensorSet mean = mean(fold, FairFold.LOSS, 0.1, 0.1, 5);
            assertThat(mean.get("w").at(0)).isPositive();
            assertThat(mean.get("w").at(1)).isNegative();
        }
    }

    @Test
    void aLossOfAnySizeLeavesAMean() {
        try (FairFold fold = new FairFold(plan, 3, 0.1, scratch)) {
            TensorSet mean = mean(fold, FairFold.LOSS, Double.MAX_VALUE, 0.5, 1e-300);
            assertThat(values(mean.get("w"))).containsExactly(new double[] {1, 2}, within(1e-12));
        }
    }

    @Test
    void normBoundScalesLongUpdatesDownAndLeavesShortOnes() {
        try (NormBoundedFold fold = new NormBoundedFold(plan, Math.sqrt(5))) {
            fold.fold(update(0), contribution(0, "", 0));
            fold.fold(update(2), contribution(2, "", 0));
            TensorSet mean = mean(fold);
            double scale = Math.sqrt(5) / Math.sqrt(65);
            assertThat(values(mean.get("w")))
                    .containsExactly(
                            new double[] {(6 * 1 + 1 * 8 * scale) / 7, (6 * 2 - 1 * scale) / 7}, within(1e-12));
            assertThat(mean.get("running_mean").at(0)).isCloseTo((6 * 1 + 1 * 3) / 7.0, within(1e-12));
            assertThat(fold.findings()).containsEntry(NormBoundedFold.CLIPPED, 1.0);
        }
    }

    @Test
    void normBoundTakesValuesThatAreOnlyTooLargeBeforeTheyAreScaled() {
        FoldPlan narrow = FoldPlan.forRound(List.of(W), new RangeEstimate(Map.of("w", 0x1p-10)), 1, 1);
        try (NormBoundedFold fold = new NormBoundedFold(narrow, 0x1p-8)) {
            assertThat(fold.fold(set(of(W, 100, 0)), new Contribution("a", 1, Map.of())))
                    .isEqualTo(new FoldOutcome.Folded());
            assertThat(mean(fold, narrow).get("w").at(0)).isCloseTo(0x1p-8, within(1e-12));
        }
    }

    @Test
    void tensorsOfTheAlgorithmTakeThePlainMean() {
        TensorSpec extra = spec("nsfl:scaffold/w", DType.F64, TensorKind.STATISTIC, 1);
        FoldPlan more = plan.with(List.of(extra), new RangeEstimate(Map.of()));
        assertThat(more.updateSpecs()).extracting(TensorSpec::name).containsExactly("w", "running_mean", extra.name());
        try (ExactFold fold = new ExactFold(more)) {
            for (int k = 0; k < 3; k++) {
                fold.fold(
                        set(update(k).get("w"), update(k).get("running_mean"), of(extra, k + 1)),
                        contribution(k, "", 0));
            }
            assertThat(mean(fold, more).get(extra.name()).at(0)).isCloseTo(2, within(1e-12));
        }
        assertThatThrownBy(() -> plan.with(List.of(W), new RangeEstimate(Map.of())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private TensorSet mean(Aggregator fold, String metric, double... reported) {
        for (int k = 0; k < reported.length; k++) {
            fold.fold(update(k), contribution(k, metric, reported[k]));
        }
        return mean(fold);
    }

    private TensorSet mean(Aggregator fold) {
        return mean(fold, plan);
    }

    private static TensorSet mean(Aggregator fold, FoldPlan plan) {
        TensorSet out = TensorSet.allocate(Arena.ofAuto(), plan.aggregateSpecs());
        fold.mean(out);
        return out;
    }

    private static TensorSet update(int k) {
        double[][] changes = {{1, 2}, {-4, 0.5}, {8, -1}};
        return set(of(W, changes[k]), of(RUNNING, k + 1));
    }

    private static Contribution contribution(int k, String metric, double value) {
        long[] weights = {600, 300, 100};
        return new Contribution("client-" + k, weights[k], Map.of(metric, value));
    }
}
