package io.nsfl.modelformats.delta;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Byte planes, deflated where that helps: 0 bytes stand for a plane of zeros, as many as it has for the plane itself, fewer for its
 * deflated form. Not safe for use by several threads.
 */
final class Planes implements AutoCloseable {
    /** Shannon's bits a byte above which a plane is noise, which is not tried. */
    private static final double NOISE = 7.8;

    /** The share of one value from which repeats are searched for; below, codes by frequency do nearly as well in a fraction of the time. */
    private static final double OFTEN = 0.6;

    // Two, because a deflater whose strategy changes takes its next input by the old one.
    private final Deflater byRepeats = deflater(Deflater.DEFAULT_STRATEGY);
    private final Deflater byFrequency = deflater(Deflater.HUFFMAN_ONLY);
    private final Inflater inflater = new Inflater(true);

    /**
     * @param out takes what stands for the plane; has room for {@code count} bytes
     * @return how many bytes that are
     */
    int pack(byte[] plane, int count, byte[] out) {
        int[] frequencies = new int[256];
        for (int i = 0; i < count; i++) {
            frequencies[plane[i] & 0xFF]++;
        }
        if (frequencies[0] == count) {
            return 0;
        }
        int packed = entropy(frequencies, count) > NOISE ? count : deflated(plane, count, frequencies, out);
        if (packed == count) {
            System.arraycopy(plane, 0, out, 0, count);
        }
        return packed;
    }

    private int deflated(byte[] plane, int count, int[] frequencies, byte[] out) {
        boolean repeats = Arrays.stream(frequencies).max().orElse(0) >= OFTEN * count;
        Deflater deflater = repeats ? byRepeats : byFrequency;
        deflater.reset();
        deflater.setInput(plane, 0, count);
        deflater.finish();
        int length = 0;
        // A call may do no more than take over the strategy.
        for (int idle = 0; idle < 2 && !deflater.finished() && length < count; ) {
            int some = deflater.deflate(out, length, count - length);
            length += some;
            idle = some == 0 ? idle + 1 : 0;
        }
        return deflater.finished() ? length : count;
    }

    private static Deflater deflater(int strategy) {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        deflater.setStrategy(strategy);
        return deflater;
    }

    /**
     * The inverse of {@link #pack}.
     *
     * @param length of what stands for the plane, at most {@code count}
     * @throws DataFormatException it stands for no plane of {@code count} bytes
     */
    void unpack(byte[] packed, int length, byte[] plane, int count) throws DataFormatException {
        if (length == 0) {
            Arrays.fill(plane, 0, count, (byte) 0);
        } else if (length == count) {
            System.arraycopy(packed, 0, plane, 0, count);
        } else {
            inflated(packed, length, plane, count);
        }
    }

    private void inflated(byte[] packed, int length, byte[] plane, int count) throws DataFormatException {
        inflater.reset();
        inflater.setInput(packed, 0, length);
        int made = 0;
        while (made < count && !inflater.finished()) {
            int some = inflater.inflate(plane, made, count - made);
            if (some == 0 && !inflater.finished()) {
                throw new DataFormatException("a plane ends early");
            }
            made += some;
        }
        // The end may still be unread when the last byte was just made.
        boolean more = !inflater.finished() && inflater.inflate(new byte[1]) > 0;
        if (more || made < count || !inflater.finished() || inflater.getRemaining() > 0) {
            throw new DataFormatException("a plane has another length than its block");
        }
    }

    private static double entropy(int[] frequencies, int count) {
        double bits = 0;
        for (int frequency : frequencies) {
            if (frequency > 0) {
                double share = (double) frequency / count;
                bits -= share * Math.log(share);
            }
        }
        return bits / Math.log(2);
    }

    @Override
    public void close() {
        byRepeats.end();
        byFrequency.end();
        inflater.end();
    }
}
