package io.nsfl.federation.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DistributedNoiseTest {
    @Test
    void aSumOfTheFewestCostsNoMoreThanTheAccountIsTold() {
        // 100 clients of which 66 may be left, 2 million elements: 24 bits, 2^23 - 1 steps.
        int bits = DistributedNoise.valueBits(4, 66, 100, 2_000_000);
        DistributedNoise noise = new DistributedNoise(4, 66, 2_000_000, DistributedNoise.bound(bits));

        assertThat(bits).isEqualTo(24);
        assertThat(noise.influence()).isCloseTo(8_388_607 + 707.1, within(0.1));
        assertThat(noise.share()).isEqualTo((long) Math.ceil(4 * noise.influence() / Math.sqrt(66)));
        RenyiCurve charged = SampledGaussian.unsampled(4).curve();
        for (int order : new int[] {2, 16, 64, 512}) {
            assertThat(noise.curve().at(order))
                    .isLessThanOrEqualTo(charged.at(order))
                    .isCloseTo(charged.at(order), within(1e-6 * charged.at(order)));
        }
    }

    @Test
    void thePapersBoundSaysTheSame() {
        DistributedNoise noise = new DistributedNoise(1, 20, 10_000, DistributedNoise.bound(20));
        double bound = noise.bound();
        DistributedDiscreteGaussian paper =
                new DistributedDiscreteGaussian(20, 10_000, bound, 1, noise.share(), DistributedDiscreteGaussian.BETA);

        assertThat(paper.tau()).isZero();
        // Its rounding is at random and may lengthen an update a little more: by at most a step for each element.
        double ratio = paper.roundedNorm() / noise.influence();
        assertThat(ratio).isBetween(1 - 1e-4, 1 + 1e-4);
        assertThat(paper.curve().at(8)).isCloseTo(noise.curve().at(8) * ratio * ratio, within(1e-9));
    }

    @Property(tries = 300)
    void neitherTooLittleNoiseNorASumThatWraps(
            @ForAll @DoubleRange(min = 0.01, max = 100) double multiplier,
            @ForAll @IntRange(min = 2, max = 10_000) int clients,
            @ForAll @DoubleRange(min = 0.5, max = 1) double left,
            @ForAll @IntRange(min = 1, max = 100_000_000) int elements) {
        int survivors = Math.max(1, (int) (left * clients));

        int bits = DistributedNoise.valueBits(multiplier, survivors, clients, elements);
        DistributedNoise noise = new DistributedNoise(multiplier, survivors, elements, DistributedNoise.bound(bits));

        assertThat(bits).isGreaterThanOrEqualTo(16);
        assertThat(Math.sqrt(survivors) * noise.share()).isGreaterThanOrEqualTo(multiplier * noise.influence());
        assertThat((double) clients * noise.bound() + 12 * Math.sqrt(clients) * noise.share())
                .isLessThan(0x1p31);
        // One bit more, and it would not fit.
        if (bits < 31) {
            long wider = DistributedNoise.bound(bits + 1);
            double share = multiplier * (wider + Math.sqrt(elements)) / Math.sqrt(survivors);
            assertThat((double) clients * wider + 12 * Math.sqrt(clients) * (share + 1))
                    .isGreaterThanOrEqualTo(0x1p31);
        }
    }

    @Test
    void whatCannotBeSharedOutIsSaid() {
        assertThatThrownBy(() -> new DistributedNoise(1e-5, 50, 10, 1 << 15)).hasMessageContaining("deviation of");
        assertThatThrownBy(() -> DistributedNoise.valueBits(1e5, 50, 100, 10)).hasMessageContaining("does not fit");
        assertThatThrownBy(() -> new DistributedNoise(0, 50, 10, 100)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sharesHaveTheirDeviation() {
        DistributedNoise noise = new DistributedNoise(2, 9, 100, 1 << 16);
        DiscreteGaussian sampler = noise.sampler(new SeededBits(4));
        double squares = 0;
        int draws = 40_000;
        for (int i = 0; i < draws; i++) {
            double drawn = sampler.sample();
            squares += drawn * drawn;
        }
        assertThat(Math.sqrt(squares / draws)).isCloseTo(noise.share(), within(noise.share() * 0.02));
    }
}
