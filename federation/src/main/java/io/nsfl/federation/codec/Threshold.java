package io.nsfl.federation.codec;

import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;

/**
 * The k-th largest magnitude of a tensor. Found digit by digit: the bits of a float64 without its sign are ordered like the number, so four
 * passes that count 16 bits each find it without a copy of the tensor.
 *
 * @param magnitude the k-th largest
 * @param ties how many elements of exactly this magnitude are among the k largest; at least 1
 */
record Threshold(double magnitude, long ties) {
    private static final int DIGIT_BITS = 16;
    private static final int DIGITS = 1 << DIGIT_BITS;

    /** @param k from 1 to the number of elements */
    static Threshold of(NamedTensor tensor, long k) {
        long prefix = 0;
        long wanted = k;
        for (int shift = Long.SIZE - DIGIT_BITS; shift >= 0; shift -= DIGIT_BITS) {
            long[] counts = count(tensor, prefix, shift);
            int digit = DIGITS - 1;
            while (counts[digit] < wanted) {
                wanted -= counts[digit];
                digit--;
            }
            prefix |= (long) digit << shift;
        }
        return new Threshold(Double.longBitsToDouble(prefix), wanted);
    }

    /** How often each digit follows the prefix. */
    private static long[] count(NamedTensor tensor, long prefix, int shift) {
        long[] counts = new long[DIGITS];
        double[] values = new double[Elements.BLOCK];
        long known = shift + DIGIT_BITS == Long.SIZE ? 0 : -1L << shift + DIGIT_BITS;
        long elements = tensor.spec().elements();
        for (long from = 0; from < elements; from += Elements.BLOCK) {
            int block = Elements.block(elements, from);
            Elements.read(tensor.spec().dtype(), tensor.data(), from, block, values);
            for (int i = 0; i < block; i++) {
                long bits = Double.doubleToRawLongBits(Math.abs(values[i]));
                if ((bits & known) == (prefix & known)) {
                    counts[(int) (bits >>> shift) & DIGITS - 1]++;
                }
            }
        }
        return counts;
    }
}
