package io.nsfl.federation.privacy;

import io.nsfl.federation.bits.BitSource;
import java.util.function.LongUnaryOperator;

/**
 * The mechanism of Kairouz, Liu, Steinke (ICML 2021): each of n clients adds a little discrete noise, secure aggregation sums it, and the
 * sum is noisy enough although nobody knows its noise.
 *
 * @param clients n, whose noise is in the sum; with dropouts, those that are sure to stay
 * @param dimension d of the rotated vector
 * @param bound c, L2 norm of one client's vector in its own unit
 * @param step width of the grid, in the same unit
 * @param localDeviation standard deviation of one client's noise, in the same unit
 * @param beta of {@link ConditionalRounding}
 */
public record DistributedDiscreteGaussian(
        int clients, int dimension, double bound, double step, double localDeviation, double beta) {
    /** e^-1/2, the paper's. */
    public static final double BETA = Math.exp(-0.5);

    public DistributedDiscreteGaussian {
        if (clients < 1
                || dimension < 1
                || !(bound > 0)
                || !(step > 0)
                || !(localDeviation > 0)
                || !(beta > 0 && beta < 1)) {
            throw new IllegalArgumentException("Cannot account for " + clients + " clients, " + dimension
                    + " elements, bound " + bound + ", step " + step + ", noise " + localDeviation + ", beta " + beta);
        }
    }

    /** Norm of one client's rounded vector, in steps. */
    public double roundedNorm() {
        return ConditionalRounding.normBound(bound / step, dimension, beta);
    }

    /** {@code 10 sum_k exp(-2 pi^2 sigma^2 k / (k + 1))}: how far a sum of discrete Gaussians is from being one. */
    public double tau() {
        double variance = square(localDeviation / step);
        double sum = 0;
        for (int k = 1; k < clients; k++) {
            sum += Math.exp(-2 * Math.PI * Math.PI * variance * k / (k + 1.0));
        }
        return 10 * sum;
    }

    /** Renyi divergence of one round over everybody: the smallest of the paper's three bounds. */
    public RenyiCurve curve() {
        double deviation = Math.sqrt(clients) * localDeviation / step;
        double rounded = roundedNorm();
        double l2 = rounded / deviation;
        double l1 = rounded * Math.min(Math.sqrt(dimension), rounded) / deviation;
        double tau = tau();
        double d = dimension;
        return RenyiCurve.of(order -> {
            double half = order / 2.0;
            return Math.min(
                    Math.min(half * l2 * l2 + tau * d, half * (l2 * l2 + 2 * l1 * tau + tau * tau * d)),
                    half * square(l2 + Math.sqrt(d) * tau));
        });
    }

    /**
     * The finest grid whose sum stays within a modulus of 2^bits but for k standard deviations:
     * {@code s = sqrt(2^2b - n k^2) / (2k sqrt(c^2 n^2 / d + n sigma^2))} steps per unit, after a rotation that spreads the vectors.
     *
     * @param deviations k, 4 in the paper
     * @return the width of a step
     */
    public static double stepFor(
            int bits, int clients, int dimension, double bound, double localDeviation, double deviations) {
        double room = Math.scalb(1.0, 2 * bits) - clients * deviations * deviations;
        if (!(room > 0)) {
            throw new IllegalArgumentException("Cannot sum " + clients + " clients in " + bits + " bits");
        }
        double spread = square(bound * clients) / dimension + clients * square(localDeviation);
        return 2 * deviations * Math.sqrt(spread) / Math.sqrt(room);
    }

    /** One client's noise that leaves enough when this share of clients drops out: {@code sigma / sqrt(1 - share)}. */
    public static double forDropout(double localDeviation, double largestShare) {
        if (!(largestShare >= 0 && largestShare < 1)) {
            throw new IllegalArgumentException("Cannot bear a dropout of " + largestShare);
        }
        return localDeviation / Math.sqrt(1 - largestShare);
    }

    /** One client's contribution: rotated, rounded, noised; whole steps, not yet modulo anything. */
    public long[] contribute(double[] clipped, HadamardRotation rotation, BitSource bits) {
        double[] rotated = rotation.rotate(clipped);
        for (int i = 0; i < rotated.length; i++) {
            rotated[i] /= step;
        }
        long[] whole = ConditionalRounding.round(rotated, roundedNorm(), bits);
        DiscreteGaussian noise = noise(bits);
        for (int i = 0; i < whole.length; i++) {
            whole[i] += noise.sample();
        }
        return whole;
    }

    /** The sum of the contributions in their own unit. @param sum whole steps */
    public double[] reveal(LongUnaryOperator sum, HadamardRotation rotation) {
        double[] rotated = new double[rotation.rotatedLength()];
        for (int i = 0; i < rotated.length; i++) {
            rotated[i] = sum.applyAsLong(i) * step;
        }
        return rotation.back(rotated);
    }

    /** Variance as a fraction over 2^20, or whole where that would not fit, rounded up: never less noise than the account says. */
    private DiscreteGaussian noise(BitSource bits) {
        double variance = square(localDeviation / step);
        long parts = variance < 0x1p40 ? 1L << 20 : 1;
        return DiscreteGaussian.ofVariance((long) Math.ceil(variance * parts), parts, bits);
    }

    private static double square(double value) {
        return value * value;
    }
}
