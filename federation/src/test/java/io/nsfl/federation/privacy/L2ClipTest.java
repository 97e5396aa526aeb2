package io.nsfl.federation.privacy;

import static io.nsfl.federation.Tensors.of;
import static io.nsfl.federation.Tensors.set;
import static io.nsfl.federation.Tensors.spec;
import static io.nsfl.federation.Tensors.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class L2ClipTest {
    @Test
    void aLongUpdateIsScaledToTheBound() {
        NamedTensor tensor = of(spec("w", DType.F64, TensorKind.TRAINABLE, 3), 3, -4, 12);

        assertThat(L2Clip.clip(List.of(tensor), 5)).isEqualTo(13);

        assertThat(values(tensor))
                .containsExactly(
                        new double[] {1.153846153846154, -1.5384615384615385, 4.615384615384616}, within(1e-12));
    }

    @Test
    void theNormIsOverAllTensorsTogether() {
        NamedTensor a = of(spec("a", DType.F32, TensorKind.TRAINABLE, 1), 3);
        NamedTensor b = of(spec("b", DType.F32, TensorKind.TRAINABLE, 1), 4);

        L2Clip.clip(List.of(a, b), 2.5);

        assertThat(values(a)[0]).isCloseTo(1.5, within(1e-6));
        assertThat(values(b)[0]).isCloseTo(2, within(1e-6));
    }

    @Test
    void aShortUpdateStaysBitForBit() {
        NamedTensor tensor = of(spec("w", DType.F32, TensorKind.TRAINABLE, 2), 0.3, 0.4);

        L2Clip.clip(List.of(tensor), 0.6);

        assertThat(values(tensor)).containsExactly(0.3f, 0.4f);
    }

    @Test
    void onlyTrainableTensorsCount() {
        NamedTensor trained = of(spec("w", DType.F32, TensorKind.TRAINABLE, 1), 1);
        NamedTensor measured = of(spec("m", DType.F32, TensorKind.STATISTIC, 1), 100);

        assertThat(L2Clip.trainable(set(trained, measured))).containsExactly(trained);
    }

    @Test
    void aNormThatIsNoNumberIsRefused() {
        NamedTensor tensor = of(spec("w", DType.F32, TensorKind.TRAINABLE, 1), Double.NaN);
        assertThatThrownBy(() -> L2Clip.clip(List.of(tensor), 1)).hasMessageContaining("NaN");
    }

    @Property(tries = 300)
    void whatIsWrittenNeverExceedsTheBound(
            @ForAll @IntRange(min = -20, max = 20) int exponent, @ForAll long seed, @ForAll Floating type) {
        double bound = Math.pow(2, exponent) * 1.1;
        SplittableRandom random = new SplittableRandom(seed);
        NamedTensor tensor = of(
                spec("w", type.dtype, TensorKind.TRAINABLE, 200),
                random.doubles(200, -100, 100).toArray());

        L2Clip.clip(List.of(tensor), bound);

        assertThat(L2Clip.norm(List.of(tensor))).isLessThanOrEqualTo(bound);
    }

    enum Floating {
        F64(DType.F64),
        F32(DType.F32),
        F16(DType.F16),
        BF16(DType.BF16);

        private final DType dtype;

        Floating(DType dtype) {
            this.dtype = dtype;
        }
    }
}
