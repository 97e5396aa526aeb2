package io.nsfl.executor.masking;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.secagg.contribution.Contribution;
import io.nsfl.federation.secagg.quantise.ScalarLimbs;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.protocol.v1.MaskingPlan;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MaskedShapeTest {
    private static final MaskedShape SHAPE = MaskedShape.of(MaskingPlan.newBuilder()
            .addMetrics("accuracy")
            .addMetrics("loss")
            .setValueBits(20)
            .setWeightCap(1 << 20)
            .build());

    /** The loss of a regression in its own unit: 60,000 times a million is more than a masked number holds. */
    @Test
    void aMetricThatIsTooLargeIsLeftOutAndNotMadeAnother() {
        Map<String, Double> reported = Map.of("sample_num", 60_000.0, "accuracy", 0.5, "loss", 1e6);

        assertThat(SHAPE.tooLarge(reported)).containsExactly("loss");
        assertThat(scalars(reported)).containsExactly(60_000, 60_000, 30_000, 0, 0);
    }

    @Test
    void whatFitsIsSummed() {
        Map<String, Double> reported = Map.of("sample_num", 2_000.0, "loss", 1e6);

        assertThat(SHAPE.tooLarge(reported)).isEmpty();
        assertThat(scalars(reported)).containsExactly(2_000, 0, 0, 2_000, 2e9);
    }

    /** The weight, then of each metric the weight of who reports it and its weighted value. */
    private static double[] scalars(Map<String, Double> reported) {
        Contribution contribution = SHAPE.contribution(new TensorSet(List.of()), reported, () -> 0);
        int[] limbs = new int[(int) SHAPE.contribution().length()];
        contribution.next(limbs, limbs.length);
        double[] scalars = new double[limbs.length / ScalarLimbs.COUNT];
        for (int i = 0; i < scalars.length; i++) {
            long[] own = new long[ScalarLimbs.COUNT];
            for (int limb = 0; limb < own.length; limb++) {
                own[limb] = Integer.toUnsignedLong(limbs[ScalarLimbs.COUNT * i + limb]);
            }
            scalars[i] = ScalarLimbs.join(own, 1);
        }
        return scalars;
    }
}
