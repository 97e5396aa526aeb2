package io.nsfl.federation.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.federation.bits.BitSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DiscreteGaussianTest {
    private static final int DRAWS = 60_000;

    @Test
    void drawsAreDistributedAsTheFormulaSays() {
        assertThat(chiSquarePerDegree(9, DiscreteGaussian.ofSigma(3, new SeededBits(1))::sample))
                .isLessThan(1.9);
    }

    @Test
    void aVarianceThatIsNoSquareToo() {
        assertThat(chiSquarePerDegree(0.4, DiscreteGaussian.ofVariance(2, 5, new SeededBits(2))::sample))
                .isLessThan(1.9);
        assertThat(chiSquarePerDegree(7.3, DiscreteGaussian.ofVariance(73, 10, new SeededBits(3))::sample))
                .isLessThan(1.9);
    }

    @Test
    void cryptographicBitsGiveTheSameDistribution() {
        assertThat(chiSquarePerDegree(4, DiscreteGaussian.ofSigma(2, CipherBits.secure())::sample))
                .isLessThan(2.6);
    }

    @Test
    void theFastWayAndTheWayOfLongNumbersDrawTheSame() {
        DiscreteGaussian fast = DiscreteGaussian.ofSigma(1 << 20, new SeededBits(4));
        double squares = LongStream.range(0, DRAWS)
                        .map(i -> fast.sample())
                        .mapToDouble(y -> (double) y * y)
                        .sum()
                / DRAWS;
        DiscreteGaussian slow = DiscreteGaussian.ofVariance(1L << 40, 1, new SeededBits(5));
        double slowSquares = LongStream.range(0, DRAWS / 4)
                        .map(i -> slow.sample())
                        .mapToDouble(y -> (double) y * y)
                        .sum()
                / (DRAWS / 4);

        assertThat(squares / 0x1p40).isBetween(0.985, 1.015);
        assertThat(slowSquares / 0x1p40).isBetween(0.97, 1.03);
    }

    @Test
    void probabilitiesOfExponentialsAreExact() {
        SeededBits bits = new SeededBits(6);
        int hits = 0;
        for (int i = 0; i < DRAWS; i++) {
            hits += BernoulliExp.draw(7, 4, bits) ? 1 : 0;
        }

        assertThat((double) hits / DRAWS).isBetween(Math.exp(-1.75) - 0.004, Math.exp(-1.75) + 0.004);
        assertThat(BernoulliExp.draw(0, 1, bits)).isTrue();
    }

    @Test
    void uniformNumbersStayBelowTheirBound() {
        BitSource bits = CipherBits.secure();
        for (long bound : new long[] {1, 2, 3, 1000, (1L << 61) + 1, 1L << 62}) {
            for (int i = 0; i < 100; i++) {
                assertThat(bits.below(bound)).isBetween(0L, bound - 1);
            }
        }
    }

    @Test
    void twoSourcesNeverAgree() {
        assertThat(CipherBits.secure().next(62))
                .isNotEqualTo(CipherBits.secure().next(62));
        assertThatThrownBy(() -> CipherBits.secure().next(63)).hasMessageContaining("1 to 62");
    }

    /** Pearson's statistic over the outcomes that are expected at least 10 times, by their number. */
    private static double chiSquarePerDegree(double variance, LongSupplier sampler) {
        Map<Long, Integer> counts = new TreeMap<>();
        for (int i = 0; i < DRAWS; i++) {
            counts.merge(sampler.getAsLong(), 1, Integer::sum);
        }
        double total = 0;
        for (long y = -400; y <= 400; y++) {
            total += Math.exp(-y * (double) y / (2 * variance));
        }
        double statistic = 0;
        int cells = 0;
        for (long y = -400; y <= 400; y++) {
            double expected = DRAWS * Math.exp(-y * (double) y / (2 * variance)) / total;
            if (expected >= 10) {
                double difference = counts.getOrDefault(y, 0) - expected;
                statistic += difference * difference / expected;
                cells++;
            }
        }
        return statistic / (cells - 1);
    }
}
