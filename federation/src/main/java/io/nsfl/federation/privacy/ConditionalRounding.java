package io.nsfl.federation.privacy;

import io.nsfl.federation.bits.BitSource;

/**
 * Rounds to whole numbers up or down at random, without bias, and again as long as the result's norm is above what the account relies
 * on: Kairouz, Liu, Steinke, The Distributed Discrete Gaussian Mechanism (ICML 2021), section 4.2.
 */
public final class ConditionalRounding {
    private static final int FRACTION_BITS = 52;
    private static final int MOST_TRIES = 1000;

    private ConditionalRounding() {}

    /**
     * {@code min(c + sqrt d, sqrt(c^2 + d/4 + sqrt(2 ln(1/beta)) (c + sqrt d / 2)))}: what the norm of the rounded vector is at most.
     *
     * @param bound c, of the norm before, in steps
     * @param beta probability with which one rounding is allowed to be refused, e^-1/2 in the paper
     */
    public static double normBound(double bound, int dimension, double beta) {
        double root = Math.sqrt(dimension);
        double likely = bound * bound + dimension / 4.0 + Math.sqrt(2 * Math.log(1 / beta)) * (bound + root / 2);
        return Math.min(bound + root, Math.sqrt(likely));
    }

    /**
     * @param values in steps, norm at most c
     * @param bound {@link #normBound} of c
     * @throws IllegalArgumentException where no rounding meets the bound: the values' norm is above c
     */
    public static long[] round(double[] values, double bound, BitSource bits) {
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            long[] rounded = new long[values.length];
            double squares = 0;
            for (int i = 0; i < values.length; i++) {
                double floor = Math.floor(values[i]);
                long threshold = (long) Math.scalb(values[i] - floor, FRACTION_BITS);
                rounded[i] = (long) floor + (bits.next(FRACTION_BITS) < threshold ? 1 : 0);
                squares += (double) rounded[i] * rounded[i];
            }
            if (squares <= bound * bound) {
                return rounded;
            }
        }
        throw new IllegalArgumentException("Cannot round to a norm of at most " + bound + " in " + MOST_TRIES
                + " tries: the values are too large");
    }
}
