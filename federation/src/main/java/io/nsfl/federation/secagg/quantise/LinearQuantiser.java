package io.nsfl.federation.secagg.quantise;

/**
 * Real numbers from -clip to clip as the integers 0 to levels - 1, evenly spaced, rounded half up; what is beyond the clip becomes it. An error is at
 * most half a {@link #step}, and errors of different clients largely cancel.
 *
 * @param clip largest absolute value, positive
 * @param levels 2^valueBits
 */
public record LinearQuantiser(double clip, long levels) {
    public LinearQuantiser {
        if (!(clip > 0) || Double.isInfinite(clip)) {
            throw new IllegalArgumentException("A clip is a positive number, not " + clip);
        }
        if (levels < 2 || levels > 1L << 31) {
            throw new IllegalArgumentException("There are 2 to 2^31 levels, not " + levels);
        }
    }

    /**
     * floor((clip(x) + C) / 2C * (L - 1) + 1/2).
     *
     * @throws IllegalArgumentException for NaN: it has no place among the levels
     */
    public int quantise(double value) {
        if (Double.isNaN(value)) {
            throw new IllegalArgumentException("Cannot quantise what is not a number");
        }
        double clipped = Math.clamp(value, -clip, clip);
        return (int) Math.floor((clipped + clip) / (2 * clip) * (levels - 1) + 0.5);
    }

    /**
     * The sum of the real numbers whose quantised sum this is modulo 2^32: Q / (L - 1) * 2C - nC. Of all that are so, the one closest to 0: noise in
     * whole steps may have led beyond what values without it come to.
     *
     * @param quantisedSum of {@code values} values whose sum with all noise stays within 2^31 steps to either side of 0
     */
    public double sum(int quantisedSum, int values) {
        return value(halfSteps(quantisedSum, values));
    }

    /** The same in half steps from zero, as an even number of levels has none in the middle: those of several sums may be added up. */
    public long halfSteps(int quantisedSum, int values) {
        long zero = Math.multiplyExact(levels - 1, values);
        int steps = quantisedSum - (int) (zero / 2);
        return 2L * steps - zero % 2;
    }

    /** What so many half steps from zero are. */
    public double value(long halfSteps) {
        return halfSteps / 2.0 * step();
    }

    /** Distance between neighbouring values. */
    public double step() {
        return 2 * clip / (levels - 1);
    }
}
