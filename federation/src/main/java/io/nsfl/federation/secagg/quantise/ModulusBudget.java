package io.nsfl.federation.secagg.quantise;

/** What fits into sums modulo 2^32: bits of a value and bits of the number of clients share 32. */
public final class ModulusBudget {
    /** With fewer a model would no longer train as without masks. */
    public static final int MIN_VALUE_BITS = 16;

    private static final int MODULUS_BITS = 32;

    private ModulusBudget() {}

    /** Bits that the sum of this many values from 0 to {@code levels - 1} needs: ceil(log2(clients * (levels - 1) + 1)). */
    public static int modulusBits(long clients, long levels) {
        long largest = Math.multiplyExact(clients, levels - 1);
        return Long.SIZE - Long.numberOfLeadingZeros(largest);
    }

    /**
     * Most bits a value may have when this many are summed.
     *
     * @throws IllegalArgumentException if fewer than {@link #MIN_VALUE_BITS} are left
     */
    public static int valueBits(int clients) {
        for (int bits = MODULUS_BITS - 1; bits >= MIN_VALUE_BITS; bits--) {
            if (fits(clients, bits)) {
                return bits;
            }
        }
        throw new IllegalArgumentException(
                "The sum of " + clients + " values of " + MIN_VALUE_BITS + " bits does not fit 32 bits");
    }

    /** Whether the sum of this many values of so many bits stays below 2^32. */
    public static boolean fits(int clients, int valueBits) {
        return modulusBits(clients, 1L << valueBits) <= MODULUS_BITS;
    }
}
