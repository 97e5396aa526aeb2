package io.nsfl.federation.bits;

/** Independent fair bits: all the randomness that noise is made of. Not safe for several threads. */
@FunctionalInterface
public interface BitSource {
    /** The next bits as a whole number from 0 to 2^count - 1. @param count 1 to 62 */
    long next(int count);

    /** A uniform whole number from 0 to {@code bound} - 1, exactly: what does not fit is drawn again. @param bound 1 to 2^62 */
    default long below(long bound) {
        if (bound == 1) {
            return 0;
        }
        int bits = Long.SIZE - Long.numberOfLeadingZeros(bound - 1);
        long drawn = next(bits);
        while (drawn >= bound) {
            drawn = next(bits);
        }
        return drawn;
    }

    /** True with probability {@code numerator / denominator}, exactly. */
    default boolean bernoulli(long numerator, long denominator) {
        return below(denominator) < numerator;
    }
}
