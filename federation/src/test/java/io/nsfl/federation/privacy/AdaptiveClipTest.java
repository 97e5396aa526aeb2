package io.nsfl.federation.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AdaptiveClipTest {
    @Test
    void noiseOnTheUpdatesGrowsByWhatTheCountCosts() {
        AdaptiveClip clip = new AdaptiveClip(0.5, 0.2, 5);

        double updates = clip.updateMultiplier(1.1);

        assertThat(updates).isCloseTo(Math.pow(Math.pow(1.1, -2) - Math.pow(10, -2), -0.5), within(1e-12));
        // Both together cost z: the divergences add.
        assertThat(SampledGaussian.unsampled(updates).curve().at(8)
                        + SampledGaussian.unsampled(10).curve().at(8))
                .isCloseTo(SampledGaussian.unsampled(1.1).curve().at(8), within(1e-12));
    }

    @Test
    void aCountThatGivesMoreAwayThanTheWholeIsRefused() {
        assertThatThrownBy(() -> new AdaptiveClip(0.5, 0.2, 0.5).updateMultiplier(1))
                .hasMessageContaining("below twice");
    }

    @Test
    void theBoundFindsTheQuantileOfTheNorms() {
        AdaptiveClip clip = new AdaptiveClip(0.5, 0.2, 5);
        SplittableRandom norms = new SplittableRandom(1);
        SeededBits bits = new SeededBits(2);
        double bound = 0.1;
        for (int round = 0; round < 120; round++) {
            double now = bound;
            int within =
                    (int) norms.doubles(100, 2, 4).filter(norm -> norm <= now).count();
            bound = clip.next(bound, 100, within, 100, bits);
        }

        assertThat(bound).isBetween(2.6, 3.4);
    }

    @Test
    void theFormulaIsThePapers() {
        // A count without noise to speak of: share 0.8 against 0.5.
        double next = new AdaptiveClip(0.5, 0.2, 1e-9).next(1, 10, 8, 10, new SeededBits(1));

        assertThat(next).isCloseTo(Math.exp(-0.2 * 0.3), within(1e-9));
    }
}
