package io.nsfl.federation.tensor;

import java.lang.foreign.MemorySegment;

/** Reductions of one block of values. */
public final class Magnitudes {
    private Magnitudes() {}

    /** Largest absolute value of the first {@code count}; NaN if one is NaN. */
    public static double largest(double[] values, int count) {
        double largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }

    /**
     * The same for float32 values in memory. Without their sign, the bits of floating numbers are ordered like the numbers, infinity
     * and NaN above all: a maximum of integers, which is the fastest pass there is.
     */
    static double largestFloat(MemorySegment data, long at, int count) {
        int largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, data.get(Elements.I32, at + 4L * i) & Integer.MAX_VALUE);
        }
        return Float.intBitsToFloat(largest);
    }

    /** Sum of the squares of the first {@code count}. Four partial sums: a single chain would wait for the adder, not for memory. */
    public static double squares(double[] values, int count) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 3 < count; i += 4) {
            a += values[i] * values[i];
            b += values[i + 1] * values[i + 1];
            c += values[i + 2] * values[i + 2];
            d += values[i + 3] * values[i + 3];
        }
        for (; i < count; i++) {
            a += values[i] * values[i];
        }
        return a + b + (c + d);
    }
}
