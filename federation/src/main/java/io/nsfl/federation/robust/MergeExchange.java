package io.nsfl.federation.robust;

/**
 * Sorts many columns at once by merge exchange (Batcher 1968; Knuth, The Art of Computer Programming 5.2.2, Algorithm M). Which rows are
 * compared when does not depend on the values: each step runs along two whole rows, which the JIT turns into vector instructions.
 *
 * <p>Cost: about n log^2 n / 4 steps for n rows.
 */
final class MergeExchange {
    private MergeExchange() {}

    /** Afterwards the first {@code count} values of row 0 are the smallest of their columns, those of the last row the largest. No NaN. */
    static void sort(double[][] rows, int count) {
        int n = rows.length;
        int highest = Integer.highestOneBit(Math.max(1, n - 1));
        for (int p = highest; p > 0; p >>= 1) {
            int apart = p;
            int rest = 0;
            for (int q = highest; q >= p; q >>= 1) {
                for (int i = 0; i < n - apart; i++) {
                    if ((i & p) == rest) {
                        exchange(rows[i], rows[i + apart], count);
                    }
                }
                apart = q - p;
                rest = p;
            }
        }
    }

    private static void exchange(double[] lower, double[] higher, int count) {
        for (int i = 0; i < count; i++) {
            double one = lower[i];
            double other = higher[i];
            lower[i] = Math.min(one, other);
            higher[i] = Math.max(one, other);
        }
    }
}
