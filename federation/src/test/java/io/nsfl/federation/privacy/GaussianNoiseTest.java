package io.nsfl.federation.privacy;

import static io.nsfl.federation.Tensors.of;
import static io.nsfl.federation.Tensors.spec;
import static io.nsfl.federation.Tensors.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GaussianNoiseTest {
    private static final int MANY = 100_000;

    @Test
    void noiseHasTheAskedDeviationAndNoBias() {
        double[] noised = noised(0.25, 3.5, DType.F64, MANY);

        double mean = Arrays.stream(noised).sum() / MANY;
        double variance =
                Arrays.stream(noised).map(x -> (x - mean) * (x - mean)).sum() / MANY;
        assertThat(mean).isBetween(3.5 - 0.004, 3.5 + 0.004);
        assertThat(Math.sqrt(variance)).isBetween(0.25 * 0.99, 0.25 * 1.01);
    }

    @Test
    void itsDistributionIsNormal() {
        double[] noised = noised(1, 0, DType.F64, MANY);
        Arrays.sort(noised);

        // Kolmogorov-Smirnov at the quantiles that a normal table gives.
        double[][] table = {
            {-2, 0.0227501}, {-1, 0.1586553}, {-0.5, 0.3085375}, {0, 0.5}, {1, 0.8413447}, {3, 0.9986501}
        };
        for (double[] quantile : table) {
            double share = (double) -(Arrays.binarySearch(noised, quantile[0] + 1e-13) + 1) / MANY;
            assertThat(share).isBetween(quantile[1] - 0.006, quantile[1] + 0.006);
        }
    }

    @Test
    void whatCanComeOutIsTheSameForEveryInput() {
        double deviation = 0.7;
        double step = deviation / GaussianNoise.SIGMA;
        for (double value : new double[] {0, 0.1, 1.0 / 3, -5e-9, 0.7}) {
            for (double noised : noised(deviation, value, DType.F64, 2_000)) {
                assertThat(Math.rint(noised / step) * step).isEqualTo(noised);
            }
        }
    }

    @Test
    void equalSeedsRepeatAndOthersDoNot() {
        assertThat(noised(1, 0, DType.F32, 50)).isEqualTo(noised(1, 0, DType.F32, 50));
        NamedTensor a = of(spec("a", DType.F32, TensorKind.TRAINABLE, 4), 0, 0, 0, 0);
        NamedTensor b = of(spec("a", DType.F32, TensorKind.TRAINABLE, 4), 0, 0, 0, 0);
        new GaussianNoise(1, CipherBits.secure()).add(List.of(a));
        new GaussianNoise(1, CipherBits.secure()).add(List.of(b));
        assertThat(values(a)).isNotEqualTo(values(b));
    }

    @Test
    void sameNoiseIsOneNumberPerTensor() {
        NamedTensor a = of(spec("a", DType.F64, TensorKind.TRAINABLE, 3), 1, 2, 3);
        NamedTensor b = of(spec("b", DType.F64, TensorKind.TRAINABLE, 2), 0, 0);
        new GaussianNoise(1, new SeededBits(1)).addSame(List.of(a, b));

        assertThat(values(a)[1] - values(a)[0]).isBetween(1 - 1e-8, 1 + 1e-8);
        assertThat(values(b)[0]).isEqualTo(values(b)[1]).isNotZero();
        assertThat(values(a)[0] - 1).isNotEqualTo(values(b)[0]);
    }

    @Test
    void valuesFarBeyondTheNoiseStay() {
        assertThat(noised(1e-12, 1e9, DType.F64, 3)).containsOnly(1e9);
    }

    @Test
    void noiseMustBeAboveZero() {
        assertThatThrownBy(() -> new GaussianNoise(0, new SeededBits(1))).hasMessageContaining("0.0");
        assertThatThrownBy(() -> new GaussianNoise(Double.NaN, new SeededBits(1)))
                .hasMessageContaining("NaN");
    }

    private static double[] noised(double deviation, double value, DType type, int count) {
        double[] all = new double[count];
        Arrays.fill(all, value);
        NamedTensor tensor = of(spec("t", type, TensorKind.TRAINABLE, count), all);
        new GaussianNoise(deviation, new SeededBits(7)).add(List.of(tensor));
        return values(tensor);
    }
}
