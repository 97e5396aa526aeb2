package io.nsfl.federation.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nsfl.federation.Tensors;
import io.nsfl.federation.optimize.StalenessDiscount;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A buffer of three updates of staleness 0, 2 and 5; numbers of the paper's rule, computed independently. */
class StalenessTest {
    private static final TensorSpec SPEC = Tensors.spec("w", DType.F64, TensorKind.TRAINABLE, 2);
    private static final double[] START = {0.5, -0.5};
    private static final double SERVER_RATE = 0.7;
    private static final int[] STALENESS = {0, 2, 5};
    private static final double[][] DELTAS = {{0.2, -0.1}, {-0.4, 0.3}, {0.6, 0.6}};
    private static final StalenessWeight WEIGHT = new StalenessWeight(0.5);

    /** Weights are whole numbers of 2^-29. */
    private static final double EXACT = 2e-9;

    @Test
    void weighsByTheRootOfTheAge() {
        assertThat(WEIGHT.of(0)).isEqualTo(1.0);
        assertThat(WEIGHT.of(2)).isCloseTo(0.5773502691896258, within(1e-15));
        assertThat(WEIGHT.of(5)).isCloseTo(0.4082482904638631, within(1e-15));
        assertThat(WEIGHT.units(0)).isEqualTo(StalenessWeight.UNITS);
        assertThat(new StalenessWeight(10).units(1000)).isEqualTo(1);
    }

    /** A weight may be small: of the square of the age after twenty models it is 1/441. */
    @Test
    void oldUpdatesKeepTheDigitsOfAFloat32() {
        StalenessWeight square = new StalenessWeight(2);
        for (int staleness = 0; staleness <= 20; staleness++) {
            double weight = (double) square.units(staleness) / StalenessWeight.UNITS;
            assertThat(weight * square(1.0 + staleness)).isCloseTo(1, within(1e-6));
        }
    }

    @Test
    void dividesByTheNumberOfUpdates() {
        Aggregate buffer = buffer();
        new StalenessDiscount().treat(buffer, null);

        double[] model = step(buffer);
        assertThat(model[0]).isCloseTo(0.5499354022072425, within(EXACT));
        assertThat(model[1]).isCloseTo(-0.4257640538251187, within(EXACT));
    }

    @Test
    void dividesByTheSumOfWeightsWithoutDiscount() {
        double[] model = step(buffer());
        assertThat(model[0]).isCloseTo(0.5754463715202686, within(EXACT));
        assertThat(model[1]).isCloseTo(-0.38783843670620455, within(EXACT));
    }

    private static Aggregate buffer() {
        FoldPlan plan = FoldPlan.forRound(
                List.of(SPEC),
                new RangeEstimate(Map.of("w", 1.0)),
                STALENESS.length,
                StalenessWeight.UNITS,
                StalenessWeight.BITS);
        try (ExactFold fold = new ExactFold(plan)) {
            for (int i = 0; i < STALENESS.length; i++) {
                TensorSet update = Tensors.set(Tensors.of(SPEC, DELTAS[i]));
                fold.fold(update, new Contribution("c-" + i, WEIGHT.units(STALENESS[i]), Map.of()));
            }
            NamedTensor mean = Tensors.of(SPEC, 0, 0);
            fold.mean(Tensors.set(mean));
            return new Aggregate(Tensors.set(mean), fold.count(), fold.weight(), Map.of());
        }
    }

    private static double square(double value) {
        return value * value;
    }

    private static double[] step(Aggregate aggregate) {
        double[] model = START.clone();
        double[] change = Tensors.values(aggregate.tensors().get("w"));
        for (int i = 0; i < model.length; i++) {
            model[i] += SERVER_RATE * change[i];
        }
        return model;
    }
}
