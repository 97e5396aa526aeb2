package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.quantise.ModulusBudget;

/**
 * The vector of unsigned integers that each client contributes; sums are modulo 2^32 and never reach it, unless the values carry noise.
 *
 * @param length elements, at least 1
 * @param valueBits bits of each element without its noise: 16 to what the number of clients leaves of 32
 * @param noised whether clients add noise, of either sign and any size, modulo 2^32; how much room it needs is for who lays the values out
 */
public record VectorShape(long length, int valueBits, boolean noised) {
    /** Of values without noise. */
    public VectorShape(long length, int valueBits) {
        this(length, valueBits, false);
    }

    public VectorShape {
        if (length < 1 || length > Long.MAX_VALUE / Integer.BYTES) {
            throw new SecAggAbort(
                    AbortReason.UNSOUND_PARAMETERS, "A vector has at least one element, not " + length + ".");
        }
        if (valueBits < ModulusBudget.MIN_VALUE_BITS || valueBits > Integer.SIZE - 1) {
            throw new SecAggAbort(
                    AbortReason.UNSOUND_PARAMETERS,
                    "A value has " + ModulusBudget.MIN_VALUE_BITS + " to 31 bits, not " + valueBits + ".");
        }
    }

    /** Length of a masked vector: four bytes for each element. */
    public long bytes() {
        return length * Integer.BYTES;
    }
}
