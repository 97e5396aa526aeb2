package io.nsfl.federation.protect;

import static io.nsfl.federation.Tensors.of;
import static io.nsfl.federation.Tensors.set;
import static io.nsfl.federation.Tensors.spec;
import static io.nsfl.federation.Tensors.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.privacy.L2Clip;
import io.nsfl.federation.privacy.SeededBits;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class PrivateUpdateTest {
    private final NamedTensor weights = of(spec("w", DType.F32, TensorKind.TRAINABLE, 2), 3, 4);
    private final NamedTensor mean = of(spec("m", DType.F32, TensorKind.STATISTIC, 1), 7);
    private final NamedTensor counter = of(spec("n", DType.I64, TensorKind.INTEGER, 1), 9);

    @Test
    void clipsTheTrainableTensorsAndSendsNothingOfTheOthers() {
        PrivateUpdate update = update(OptionalDouble.of(1), OptionalDouble.empty(), false);

        update.protect(set(weights, mean, counter));

        assertThat(L2Clip.norm(List.of(weights))).isLessThanOrEqualTo(1).isGreaterThan(0.999);
        assertThat(values(mean)).containsExactly(0);
        assertThat(values(counter)).containsExactly(0);
        assertThat(update.within()).isFalse();
    }

    @Test
    void aCoinDecidesWhetherTheUpdateIsInAtAll() {
        int in = 0;
        for (int seed = 0; seed < 2_000; seed++) {
            NamedTensor own = of(spec("w", DType.F32, TensorKind.TRAINABLE, 2), 3, 4);
            new PrivateUpdate(OptionalDouble.of(6), OptionalDouble.empty(), false, 0.25, new SeededBits(seed))
                    .protect(set(own));
            assertThat(values(own)).isIn(new double[] {3, 4}, new double[] {0, 0});
            in += values(own)[0] == 3 ? 1 : 0;
        }
        // Within five deviations of 500.
        assertThat(in).isBetween(400, 600);
    }

    @Test
    void saysThatNothingWasClipped() {
        PrivateUpdate update = update(OptionalDouble.of(6), OptionalDouble.empty(), false);

        update.protect(set(weights));

        assertThat(values(weights)).containsExactly(3, 4);
        assertThat(update.within()).isTrue();
    }

    @Test
    void addsNoiseToEachElementAfterClipping() {
        update(OptionalDouble.of(1e-6), OptionalDouble.of(2), false).protect(set(weights));

        assertThat(values(weights)[0]).isNotEqualTo(values(weights)[1]);
        assertThat(Math.abs(values(weights)[0])).isGreaterThan(1e-3);
    }

    @Test
    void withoutAClipNormTheNoiseIsAddedToTheWholeChange() {
        update(OptionalDouble.empty(), OptionalDouble.of(1e-6), true).protect(set(weights));

        assertThat(values(weights)[1] - values(weights)[0]).isBetween(0.999, 1.001);
        assertThat(values(weights)[0]).isNotEqualTo(3);
    }

    private static PrivateUpdate update(OptionalDouble clip, OptionalDouble deviation, boolean same) {
        return new PrivateUpdate(clip, deviation, same, new SeededBits(3));
    }
}
