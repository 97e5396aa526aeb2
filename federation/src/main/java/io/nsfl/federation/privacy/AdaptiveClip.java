package io.nsfl.federation.privacy;

import io.nsfl.federation.bits.BitSource;

/**
 * A clipping bound that follows a quantile of the clients' norms: Andrew, Thakkar, McMahan, Ramaswamy, Differentially Private Learning
 * with Adaptive Clipping (NeurIPS 2021), geometric update.
 *
 * <p>Each client says whether its norm was at most the bound; the noised share of those moves the bound,
 * {@code C <- C * exp(-rate * (share - quantile))}. The bit is released too, so the noise on the updates is made a little larger than
 * the job's multiplier, and both together cost what the multiplier says.
 *
 * @param quantile share of clients whose update should not be clipped, 0 to 1; 0.5 in the paper
 * @param rate of the geometric update, above 0; 0.2 in the paper
 * @param countDeviation standard deviation of the noise on the number of unclipped clients, above 0; a twentieth of the expected clients
 *     in the paper
 */
public record AdaptiveClip(double quantile, double rate, double countDeviation) {
    public AdaptiveClip {
        if (!(quantile >= 0 && quantile <= 1) || !(rate > 0) || !(countDeviation > 0)) {
            throw new IllegalArgumentException("Cannot adapt a bound to quantile " + quantile + " at rate " + rate
                    + " with noise " + countDeviation);
        }
    }

    /**
     * The multiplier of the noise on the updates, {@code (z^-2 - (2 sigma_b)^-2)^(-1/2)}: the bit, counted as plus or minus a half, has
     * sensitivity 1/2.
     *
     * @param multiplier z, what the account is charged
     * @throws IllegalArgumentException where the count's noise alone is worth less than z
     */
    public double updateMultiplier(double multiplier) {
        if (!(multiplier < 2 * countDeviation)) {
            throw new IllegalArgumentException("Cannot hide the count: noise_multiplier " + multiplier
                    + " must be below twice its noise, which is " + 2 * countDeviation);
        }
        double count = 1 / (2 * countDeviation);
        return 1 / Math.sqrt(1 / (multiplier * multiplier) - count * count);
    }

    /**
     * The next bound.
     *
     * @param received updates of the round
     * @param within those whose norm was at most the bound
     * @param expected the configured number of clients, the divisor whoever came
     */
    public double next(double bound, int received, int within, double expected, BitSource bits) {
        double centred = new GaussianNoise(countDeviation, bits).noised(within - received / 2.0);
        double share = centred / expected + 0.5;
        return bound * Math.exp(-rate * (share - quantile));
    }
}
