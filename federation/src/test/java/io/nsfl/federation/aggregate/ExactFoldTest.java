package io.nsfl.federation.aggregate;

import static io.nsfl.federation.Tensors.of;
import static io.nsfl.federation.Tensors.set;
import static io.nsfl.federation.Tensors.spec;
import static io.nsfl.federation.Tensors.values;
import static io.nsfl.federation.Tensors.weighing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nsfl.federation.Vectors;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.federation.update.Refusal;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExactFoldTest {
    private static final TensorSpec WEIGHTS = spec("w", DType.F32, TensorKind.TRAINABLE, 2);
    private static final TensorSpec RUNNING = spec("running_mean", DType.F32, TensorKind.STATISTIC, 1);
    private static final TensorSpec COUNTER = spec("num_batches", DType.I64, TensorKind.INTEGER, 1);
    private static final TensorSpec HEAD = spec("head", DType.F32, TensorKind.LOCAL, 3);

    @Test
    void equalsThePublishedWeightedMean() {
        Vectors vectors = new Vectors("fedavg_weighted_mean");
        TensorSpec w = spec("W", DType.F64, TensorKind.TRAINABLE, 2, 3);
        TensorSpec b = spec("b", DType.F64, TensorKind.TRAINABLE, 2);
        FoldPlan plan = FoldPlan.forRound(List.of(w, b), new RangeEstimate(Map.of("W", 10.0, "b", 1.0)), 3, 1000);
        try (ExactFold fold = new ExactFold(plan)) {
            double[] samples = vectors.numbers("num_examples");
            for (int k = 0; k < samples.length; k++) {
                TensorSet update = set(of(w, vectors.numbers("W." + k)), of(b, vectors.numbers("b." + k)));
                assertThat(fold.fold(update, weighing((long) samples[k]))).isEqualTo(new FoldOutcome.Folded());
            }
            TensorSet mean = mean(fold, plan);
            assertThat(values(mean.get("W"))).containsExactly(vectors.numbers("expected_W"), within(1e-12));
            assertThat(values(mean.get("b"))).containsExactly(vectors.numbers("expected_b"), within(1e-12));
            assertThat(fold.weight()).isEqualTo(1000);
            assertThat(fold.count()).isEqualTo(3);
        }
    }

    @Test
    void equalWeightsGiveThePublishedPlainMean() {
        Vectors vectors = new Vectors("fedavg_weighted_mean");
        TensorSpec w = spec("W", DType.F64, TensorKind.TRAINABLE, 2, 3);
        FoldPlan plan = FoldPlan.forRound(List.of(w), new RangeEstimate(Map.of("W", 10.0)), 3, 1);
        try (ExactFold fold = new ExactFold(plan)) {
            for (int k = 0; k < 3; k++) {
                fold.fold(set(of(w, vectors.numbers("W." + k))), weighing(1));
            }
            assertThat(values(mean(fold, plan).get("W")))
                    .containsExactly(vectors.numbers("expected_unweighted_W"), within(1e-12));
        }
    }

    @Test
    void averagesStatisticsAndKeepsTheLargestCounterAndSkipsLocalTensors() {
        FoldPlan plan = plan(List.of(WEIGHTS, HEAD, RUNNING, COUNTER), 4);
        try (ExactFold fold = new ExactFold(plan)) {
            fold.fold(set(of(WEIGHTS, 1, 2), of(RUNNING, 4), of(COUNTER, 7)), weighing(1));
            fold.fold(set(of(WEIGHTS, 3, 6), of(RUNNING, 8), of(COUNTER, 5)), weighing(3));
            TensorSet mean = mean(fold, plan);
            assertThat(values(mean.get("w"))).containsExactly(2.5, 5);
            assertThat(values(mean.get("running_mean"))).containsExactly(7);
            assertThat(values(mean.get("num_batches"))).containsExactly(7);
            assertThat(mean.find("head")).isEmpty();
        }
    }

    @Test
    void comparesCountersByTheirOwnSignedness() {
        TensorSpec signed = spec("signed", DType.I8, TensorKind.INTEGER, 2);
        TensorSpec unsigned = spec("unsigned", DType.U64, TensorKind.INTEGER, 2);
        FoldPlan plan = plan(List.of(signed, unsigned), 2);
        try (ExactFold fold = new ExactFold(plan)) {
            fold.fold(set(of(signed, -1, -7), of(unsigned, -1, 3)), weighing(1));
            fold.fold(set(of(signed, -2, 0), of(unsigned, 5, 4)), weighing(1));
            TensorSet mean = mean(fold, plan);
            assertThat(values(mean.get("signed"))).containsExactly(-1, 0);
            assertThat(values(mean.get("unsigned"))).containsExactly(0x1p64, 4);
        }
    }

    @Test
    void leavesNoTraceOfAnUpdateOutOfRange() {
        TensorSpec other = spec("b", DType.F32, TensorKind.TRAINABLE, 1);
        FoldPlan plan = plan(List.of(WEIGHTS, other), 3);
        double beyond = plan.tensors().get(1).limit() * 1.5;
        try (ExactFold fold = new ExactFold(plan)) {
            fold.fold(set(of(WEIGHTS, 1, 2), of(other, 3)), weighing(5));
            FoldOutcome outcome = fold.fold(set(of(WEIGHTS, 7, 7), of(other, beyond)), weighing(5));
            assertThat(outcome).isInstanceOfSatisfying(FoldOutcome.Refused.class, refused -> {
                assertThat(refused.refusal()).isEqualTo(Refusal.OUT_OF_RANGE);
                assertThat(refused.message()).contains("Tensor b");
            });
            assertThat(fold.count()).isEqualTo(1);
            assertThat(fold.weight()).isEqualTo(5);
            assertThat(values(mean(fold, plan).get("w"))).containsExactly(1, 2);
        }
    }

    @Test
    void refusesNotANumberEvenIfNobodyCheckedBefore() {
        FoldPlan plan = plan(List.of(WEIGHTS), 1);
        try (ExactFold fold = new ExactFold(plan)) {
            assertThat(fold.fold(set(of(WEIGHTS, 1, Double.NaN)), weighing(1)))
                    .isInstanceOfSatisfying(
                            FoldOutcome.Refused.class,
                            refused -> assertThat(refused.refusal()).isEqualTo(Refusal.NON_FINITE));
            assertThat(fold.count()).isZero();
        }
    }

    @Test
    void takesTheRefusedUpdateAfterWidening() {
        FoldPlan plan = plan(List.of(WEIGHTS), 1);
        double beyond = plan.tensors().getFirst().limit() * 2;
        try (ExactFold fold = new ExactFold(plan.widened())) {
            assertThat(fold.fold(set(of(WEIGHTS, beyond, -beyond)), weighing(1)))
                    .isEqualTo(new FoldOutcome.Folded());
            assertThat(values(mean(fold, plan.widened()).get("w"))).containsExactly(beyond, -beyond);
        }
    }

    @Test
    void doesNotOverflowWhenEveryClientSendsTheLimitWithTheLargestWeight() {
        int clients = 100;
        FoldPlan plan = FoldPlan.forRound(
                List.of(WEIGHTS), RangeEstimate.ofBase(set(of(WEIGHTS, 0.3, 0.1))), clients, FoldPlan.EXACT_WEIGHT_CAP);
        double limit = plan.tensors().getFirst().limit();
        try (ExactFold fold = new ExactFold(plan)) {
            for (int i = 0; i < clients; i++) {
                assertThat(fold.fold(set(of(WEIGHTS, limit, -limit)), weighing(FoldPlan.EXACT_WEIGHT_CAP)))
                        .isEqualTo(new FoldOutcome.Folded());
            }
            assertThat(values(mean(fold, plan).get("w"))).containsExactly(limit, -limit);
        }
    }

    @Test
    void writesTheMeanOf16BitTensorsWithoutRoundingThemTo16Bits() {
        TensorSpec half = spec("w", DType.BF16, TensorKind.TRAINABLE, 1);
        FoldPlan plan = plan(List.of(half), 2);
        try (ExactFold fold = new ExactFold(plan)) {
            fold.fold(set(of(half, 1.0)), weighing(1));
            fold.fold(set(of(half, 1.0078125)), weighing(1));
            assertThat(plan.aggregateSpecs().getFirst().dtype()).isEqualTo(DType.F32);
            assertThat(values(mean(fold, plan).get("w"))).containsExactly(1.00390625);
        }
    }

    @Test
    void refusesMoreUpdatesThanTheRosterHasClients() {
        FoldPlan plan = plan(List.of(WEIGHTS), 1);
        try (ExactFold fold = new ExactFold(plan)) {
            fold.fold(set(of(WEIGHTS, 1, 1)), weighing(1));
            assertThatThrownBy(() -> fold.fold(set(of(WEIGHTS, 1, 1)), weighing(1)))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void hasNoMeanOfNothing() {
        FoldPlan plan = plan(List.of(WEIGHTS), 1);
        try (ExactFold fold = new ExactFold(plan)) {
            assertThatThrownBy(() -> mean(fold, plan)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void refusesATensorOfAnotherShape() {
        FoldPlan plan = plan(List.of(WEIGHTS), 1);
        try (ExactFold fold = new ExactFold(plan)) {
            TensorSpec other = spec("w", DType.F32, TensorKind.TRAINABLE, 1, 2);
            assertThatThrownBy(() -> fold.fold(set(of(other, 1, 1)), weighing(1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void takesTensorsWithoutElementsAndScalars() {
        TensorSpec empty = spec("empty", DType.F32, TensorKind.TRAINABLE, 0, 4);
        TensorSpec scalar = spec("scalar", DType.F64, TensorKind.TRAINABLE);
        FoldPlan plan = plan(List.of(empty, scalar), 1);
        try (ExactFold fold = new ExactFold(plan)) {
            fold.fold(set(of(empty), of(scalar, 0.25)), weighing(9));
            assertThat(values(mean(fold, plan).get("scalar"))).containsExactly(0.25);
        }
    }

    private static FoldPlan plan(List<TensorSpec> specs, int roster) {
        TensorSet zeros = TensorSet.allocate(Arena.ofAuto(), specs);
        return FoldPlan.forRound(specs, RangeEstimate.ofBase(zeros), roster, 1000);
    }

    private static TensorSet mean(ExactFold fold, FoldPlan plan) {
        TensorSet out = TensorSet.allocate(Arena.ofAuto(), plan.aggregateSpecs());
        fold.mean(out);
        return out;
    }
}
