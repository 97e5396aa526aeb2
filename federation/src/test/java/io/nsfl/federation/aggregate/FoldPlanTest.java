package io.nsfl.federation.aggregate;

import static io.nsfl.federation.Tensors.of;
import static io.nsfl.federation.Tensors.set;
import static io.nsfl.federation.Tensors.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FoldPlanTest {
    private static final TensorSpec WEIGHTS = spec("w", DType.F32, TensorKind.TRAINABLE, 2);
    private static final RangeEstimate ONE = new RangeEstimate(Map.of("w", 1.0));

    @Test
    void countsWeightsExactlyUpToTwentyBits() {
        FoldPlan plan = FoldPlan.forRound(List.of(WEIGHTS), ONE, 10, 1L << 20);
        assertThat(plan.weightUnit()).isEqualTo(1);
        assertThat(plan.units(12_345)).isEqualTo(12_345);
    }

    @Test
    void countsLargeWeightsInUnitsRoundedHalfUpAndNeverBelowOne() {
        FoldPlan plan = FoldPlan.forRound(List.of(WEIGHTS), ONE, 10, 8L << 20);
        assertThat(plan.weightUnit()).isEqualTo(8);
        assertThat(plan.units(1)).isEqualTo(1);
        assertThat(plan.units(11)).isEqualTo(1);
        assertThat(plan.units(12)).isEqualTo(2);
        assertThat(plan.units(8L << 20)).isEqualTo(1L << 20);
    }

    @Test
    void takesTheLargestPossibleWeightCap() {
        FoldPlan plan = FoldPlan.forRound(List.of(WEIGHTS), ONE, 10, Long.MAX_VALUE);
        assertThat(plan.units(Long.MAX_VALUE)).isLessThanOrEqualTo(1L << 20);
    }

    @Test
    void refusesWeightsBeyondTheCap() {
        FoldPlan plan = FoldPlan.forRound(List.of(WEIGHTS), ONE, 10, 100);
        assertThatThrownBy(() -> plan.units(101)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> plan.units(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void leavesRoomForTheWholeRosterAtTheLimit() {
        for (int roster : new int[] {1, 2, 3, 1000, 1024, 1025, 1 << 20}) {
            FoldPlan plan = FoldPlan.forRound(List.of(WEIGHTS), ONE, roster, 999_999);
            TensorPlan tensor = plan.tensors().getFirst();
            double sum = roster * tensor.limit() * 999_999 * Math.scalb(1.0, tensor.scaleExponent());
            assertThat(sum).isLessThanOrEqualTo(0x1p62);
        }
    }

    @Test
    void expectsTheBaseTensorInTheFirstRoundButNoNarrowRangeForZeros() {
        TensorSpec bias = spec("b", DType.F32, TensorKind.TRAINABLE, 1);
        TensorSpec mean = spec("m", DType.F32, TensorKind.STATISTIC, 1);
        RangeEstimate ranges = RangeEstimate.ofBase(set(of(WEIGHTS, -8, 3), of(bias, 0), of(mean, 0)));
        assertThat(ranges.largest())
                .containsEntry("w", 2.0)
                .containsEntry("b", 0.125)
                .containsEntry("m", 256.0);
    }

    @Test
    void expectsTheLastAggregateLaterButNoNarrowRangeForTensorsThatStoodStill() {
        assertThat(RangeEstimate.later(0.5, 8)).isEqualTo(0.5);
        assertThat(RangeEstimate.later(0, 8)).isEqualTo(8 * 0x1p-8);
        assertThat(RangeEstimate.later(0, 0)).isEqualTo(0x1p-7);
    }

    @Test
    void wideningKeepsTheRosterSafe() {
        FoldPlan plan = FoldPlan.forRound(List.of(WEIGHTS), ONE, 10, 1000);
        TensorPlan wide = plan.widened().tensors().getFirst();
        TensorPlan before = plan.tensors().getFirst();
        assertThat(wide.limit()).isEqualTo(before.limit() * 65536);
        assertThat(wide.limitExponent() + wide.scaleExponent())
                .isEqualTo(before.limitExponent() + before.scaleExponent());
    }

    @Test
    void refusesToAverageIntegers() {
        TensorSpec counter = spec("n", DType.I64, TensorKind.TRAINABLE, 1);
        assertThatThrownBy(() -> FoldPlan.forRound(List.of(counter), ONE, 1, 1))
                .hasMessageContaining("n")
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesToExpectNonsense() {
        assertThatThrownBy(() -> new RangeEstimate(Map.of("w", Double.NaN)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RangeEstimate(Map.of("w", 0.0))).isInstanceOf(IllegalArgumentException.class);
    }
}
