package io.nsfl.federation.secagg.quantise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nsfl.federation.Vectors;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class QuantiseTest {
    private static final Vectors VECTORS = new Vectors("secagg");

    @Test
    void quantisesThePublishedValues() {
        LinearQuantiser quantiser = published();
        int[] quantised = Arrays.stream(VECTORS.numbers("quantise.input"))
                .mapToInt(quantiser::quantise)
                .toArray();
        assertThat(quantised).isEqualTo(integers("quantise.q"));
    }

    @Test
    void givesThePublishedValuesBack() {
        LinearQuantiser quantiser = published();
        double[] values = Arrays.stream(integers("quantise.q"))
                .mapToDouble(q -> quantiser.sum(q, 1))
                .toArray();
        assertThat(values).containsExactly(VECTORS.numbers("quantise.dequantised"), within(1e-12));
    }

    @Test
    void countsThePublishedModulusBits() {
        int[] clients = integers("quantise.clients");
        int[] bits = Arrays.stream(clients)
                .map(n -> ModulusBudget.modulusBits(n, 65536))
                .toArray();
        assertThat(bits).isEqualTo(integers("quantise.modulus_bits"));
    }

    @Test
    void leavesTheLargestSumJustBelowTheModulus() {
        for (int clients = 2; clients <= 65537; clients++) {
            int bits = ModulusBudget.valueBits(clients);
            assertThat(clients * ((1L << bits) - 1)).isLessThan(1L << 32);
            if (bits < 31) {
                assertThat(clients * ((1L << bits + 1) - 1)).isGreaterThanOrEqualTo(1L << 32);
            }
        }
    }

    @Test
    void refusesMoreClientsThanSixteenBitsAllow() {
        assertThatThrownBy(() -> ModulusBudget.valueBits(65538)).hasMessageContaining("does not fit 32 bits");
        assertThat(ModulusBudget.fits(65538, 16)).isFalse();
    }

    @Test
    void isOffByNoMoreThanHalfAStep() {
        LinearQuantiser quantiser = new LinearQuantiser(0.3, 1L << 24);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 10_000; i++) {
            double value = random.nextDouble(-0.3, 0.3);
            assertThat(quantiser.sum(quantiser.quantise(value), 1))
                    .isCloseTo(value, within(quantiser.step() / 2 * (1 + 1e-9)));
        }
    }

    @Test
    void refusesWhatIsNotANumber() {
        assertThatThrownBy(() -> published().quantise(Double.NaN)).hasMessageContaining("not a number");
    }

    @Test
    void sumsScalarsExactly() {
        double[] numbers = {1048576, -0.0000152587890625, 3.5, ScalarLimbs.LIMIT, -ScalarLimbs.LIMIT, 0};
        long[] sums = new long[ScalarLimbs.COUNT];
        for (double number : numbers) {
            int[] limbs = new int[ScalarLimbs.COUNT];
            ScalarLimbs.split(number, limbs, 0);
            for (int limb = 0; limb < limbs.length; limb++) {
                assertThat(limbs[limb]).isBetween(0, 0xFFFF);
                sums[limb] += limbs[limb];
            }
        }
        // The upper limit itself is one unit too large.
        double expected = 1048576 - 0.0000152587890625 + 3.5 - 0x1p-16;
        assertThat(ScalarLimbs.join(sums, numbers.length)).isEqualTo(expected);
    }

    private static LinearQuantiser published() {
        return new LinearQuantiser(
                VECTORS.numbers("quantise.clip")[0], Long.parseLong(VECTORS.words("quantise.levels")[0]));
    }

    private static int[] integers(String key) {
        return Arrays.stream(VECTORS.words(key)).mapToInt(Integer::parseInt).toArray();
    }
}
