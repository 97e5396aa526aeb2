package io.nsfl.federation.secagg.quantise;

/**
 * A single number whose sum has to be finer than one masked element can be: 48 bits of fixed point, 16 of them after the point, spread over three elements
 * of 16 bits. Sums of limbs are put together again exactly.
 */
public final class ScalarLimbs {
    /** Elements of one number. */
    public static final int COUNT = 3;

    /** Numbers from -2^31 to just below 2^31 are kept; what is beyond becomes the nearest of them. */
    public static final double LIMIT = 0x1p31;

    private static final int LIMB_BITS = 16;
    private static final double UNITS = 0x1p16;
    private static final long OFFSET = 1L << 47;

    private ScalarLimbs() {}

    /**
     * Writes the limbs of a number, rounded to a multiple of 2^-16: offset by 2^47 so that they are not negative, lowest first.
     *
     * @throws IllegalArgumentException for NaN
     */
    public static void split(double number, int[] limbs, int at) {
        if (Double.isNaN(number)) {
            throw new IllegalArgumentException("Cannot sum what is not a number");
        }
        long units = Math.clamp((long) Math.rint(Math.clamp(number, -LIMIT, LIMIT) * UNITS), -OFFSET, OFFSET - 1);
        long shifted = units + OFFSET;
        for (int limb = 0; limb < COUNT; limb++) {
            limbs[at + limb] = (int) (shifted >>> LIMB_BITS * limb & 0xFFFF);
        }
    }

    /**
     * The sum of the numbers whose limbs were summed, exact in units of 2^-16 while it stays below 2^37. Beyond, as for limbs that come from
     * no numbers, it is some other number.
     *
     * @param limbSums sums of each limb
     * @param numbers how many were summed
     */
    public static double join(long[] limbSums, int numbers) {
        long units = -OFFSET * numbers;
        for (int limb = 0; limb < COUNT; limb++) {
            units += limbSums[limb] << LIMB_BITS * limb;
        }
        return units / UNITS;
    }
}
