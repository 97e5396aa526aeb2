package io.nsfl.federation.privacy;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A random rotation that client and server know: signs from a seed, then the Walsh-Hadamard transform over sqrt(n). It spreads a vector
 * evenly over its coordinates, so that a modulus can be chosen for all of them.
 */
public final class HadamardRotation {
    private final byte[] seed;
    private final int length;
    private final int padded;

    /**
     * @param seed the same at all parties of a round; it hides nothing
     * @param length of the vectors, at most 2^30
     */
    public HadamardRotation(byte[] seed, int length) {
        if (length < 1 || length > 1 << 30) {
            throw new IllegalArgumentException("Cannot rotate " + length + " elements: 1 to 2^30");
        }
        this.seed = seed.clone();
        this.length = length;
        this.padded = length == 1 ? 1 : Integer.highestOneBit(length - 1) << 1;
    }

    /** Length of rotated vectors: the next power of two. */
    public int rotatedLength() {
        return padded;
    }

    /** @param vector {@code length} elements, untouched */
    public double[] rotate(double[] vector) {
        if (vector.length != length) {
            throw new IllegalArgumentException("Cannot rotate " + vector.length + " elements: " + length);
        }
        double[] rotated = Arrays.copyOf(vector, padded);
        flip(rotated);
        transform(rotated);
        return rotated;
    }

    /** @param rotated {@link #rotatedLength} elements, untouched */
    public double[] back(double[] rotated) {
        if (rotated.length != padded) {
            throw new IllegalArgumentException("Cannot rotate " + rotated.length + " elements back: " + padded);
        }
        double[] vector = rotated.clone();
        transform(vector);
        flip(vector);
        return Arrays.copyOf(vector, length);
    }

    /** Its own inverse. */
    private static void transform(double[] values) {
        for (int half = 1; half < values.length; half <<= 1) {
            for (int from = 0; from < values.length; from += half << 1) {
                for (int i = from; i < from + half; i++) {
                    double sum = values[i] + values[i + half];
                    values[i + half] = values[i] - values[i + half];
                    values[i] = sum;
                }
            }
        }
        double scale = 1 / Math.sqrt(values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] *= scale;
        }
    }

    /** One sign per element: the bits of SHA-256(seed, block number), 256 a block. */
    private void flip(double[] values) {
        byte[] signs = new byte[0];
        for (int i = 0; i < values.length; i++) {
            int bit = i % 256;
            if (bit == 0) {
                signs = block(i / 256);
            }
            if ((signs[bit / 8] >> bit % 8 & 1) == 1) {
                values[i] = -values[i];
            }
        }
    }

    private byte[] block(int number) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(seed);
            return digest.digest(
                    new byte[] {(byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number});
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Cannot hash: every JDK has SHA-256", impossible);
        }
    }
}
