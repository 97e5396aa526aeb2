package io.nsfl.federation.privacy;

import io.nsfl.federation.bits.BitSource;

/**
 * Noise that no single party knows: each client adds a discrete Gaussian to its rounded update, and the sum, which is all that secure
 * aggregation shows, has as much as the account is told (Kairouz, Liu, Steinke: The Distributed Discrete Gaussian Mechanism for Federated
 * Learning with Secure Aggregation, ICML 2021).
 *
 * <p>With sums of 32 bits the grid is so fine that neither the paper's rotation nor its conditional rounding is needed: elements are
 * rounded to the nearest step, which lengthens an update by at most {@code sqrt(d) / 2} steps, and that is part of what the noise is made
 * for. All lengths are in steps of the grid.
 *
 * @param multiplier z, what the account is charged for one sum
 * @param survivors t, the fewest clients whose noise is in a sum that is shown
 * @param elements d, of the vector
 * @param bound whole steps that make up the clip norm
 */
public record DistributedNoise(double multiplier, int survivors, long elements, long bound) {
    /** A sum that is further from its mean than so many deviations would wrap around; one in 10^31 elements is. */
    private static final double DEVIATIONS = 12;

    /** Floating point may round an element the wrong way where it lies in the very middle. */
    private static final double MIDDLE = 1 + 0x1p-20;

    /**
     * Sums of discrete Gaussians of at least this deviation are one themselves for all that double precision can tell: the paper's tau, 10
     * (n - 1) exp(-pi^2 sigma^2) at most, is below 10^-264 for 10,000 clients.
     */
    private static final int LEAST = 8;

    private static final int MOST_BITS = 31;
    private static final int LEAST_BITS = 16;

    /** @throws IllegalArgumentException also for noise that is too small to add up exactly, or too large for sums of 32 bits */
    public DistributedNoise {
        if (!(multiplier > 0) || survivors < 1 || elements < 0 || bound < 1) {
            throw new IllegalArgumentException("Cannot share out noise of multiplier " + multiplier + " among "
                    + survivors + " clients for " + elements + " elements and a bound of " + bound + " steps");
        }
        double share = share(multiplier, survivors, elements, bound);
        if (share < LEAST || share > Integer.MAX_VALUE / DEVIATIONS) {
            throw new IllegalArgumentException("Cannot share out noise of multiplier " + multiplier + " among "
                    + survivors + " clients: a share would have a deviation of " + share + " steps");
        }
    }

    /** The largest that one client can change the sum, as an L2 norm. */
    public double influence() {
        return influence(elements, bound);
    }

    /** Standard deviation of one client's share: a whole number, so that it is drawn fast; with those of t it is at least z times the influence. */
    public long share() {
        return (long) Math.ceil(share(multiplier, survivors, elements, bound));
    }

    /** Draws shares. @param bits secret to everybody but the client */
    public DiscreteGaussian sampler(BitSource bits) {
        return DiscreteGaussian.ofSigma(share(), bits);
    }

    /** Renyi divergence of one sum of exactly t clients; of more it is less. */
    public RenyiCurve curve() {
        double ratio = influence() / share();
        return RenyiCurve.of(order -> order / 2.0 * ratio * ratio / survivors);
    }

    /**
     * Most bits that an element may have before the noise: all clients' elements together with their noise stay within half of 2^32 to
     * either side. An element of b bits has {@code 2^(b - 1) - 1} steps to either side, the {@link #bound}.
     *
     * @param clients that may be in the sum
     * @throws IllegalArgumentException if fewer than 16 are left
     */
    public static int valueBits(double multiplier, int survivors, int clients, long elements) {
        for (int bits = MOST_BITS; bits >= LEAST_BITS; bits--) {
            long bound = bound(bits);
            double noise = Math.sqrt(clients) * (share(multiplier, survivors, elements, bound) + 1);
            if ((double) clients * bound + DEVIATIONS * noise < 0x1p31) {
                return bits;
            }
        }
        throw new IllegalArgumentException("The sum of " + clients + " values of " + LEAST_BITS
                + " bits with noise of multiplier " + multiplier + " does not fit 32 bits");
    }

    /** Steps to either side of an element of so many bits. */
    public static long bound(int bits) {
        return (1L << bits - 1) - 1;
    }

    private static double influence(long elements, long bound) {
        return bound + Math.sqrt(elements) / 2 * MIDDLE;
    }

    private static double share(double multiplier, int survivors, long elements, long bound) {
        return multiplier * influence(elements, bound) / Math.sqrt(survivors);
    }
}
