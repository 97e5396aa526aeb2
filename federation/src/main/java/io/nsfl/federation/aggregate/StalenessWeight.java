package io.nsfl.federation.aggregate;

/**
 * How much an update counts that was made on an older model: {@code s(tau) = (1 + tau)^-exponent}, 1 for a fresh one (Nguyen et al.,
 * "Federated Learning with Buffered Asynchronous Aggregation", AISTATS 2022: exponent 1/2).
 *
 * @param exponent at least 0; 0 = age does not matter
 */
public record StalenessWeight(double exponent) {
    /** Bits of a weight in units: as many as leave the product with a float32 value exact in float64. */
    public static final int BITS = 29;

    /** Units of a weight of 1: weights are whole numbers of them, so that sums stay exact. */
    public static final long UNITS = 1L << BITS;

    public StalenessWeight {
        if (!(exponent >= 0) || Double.isInfinite(exponent)) {
            throw new IllegalArgumentException("Cannot weigh staleness by the exponent " + exponent);
        }
    }

    /** @param staleness models committed since the one that the update was made on, at least 0 */
    public double of(int staleness) {
        return Math.pow(1.0 + staleness, -exponent);
    }

    /** The weight as it is folded: {@link #of} in {@link #UNITS}, at least one. */
    public long units(int staleness) {
        return Math.max(1, Math.round(of(staleness) * UNITS));
    }
}
