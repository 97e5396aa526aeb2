package io.nsfl.federation.secagg.shamir;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Shares one secret of 32 bytes so that any {@code threshold} shares give it back and fewer say nothing (Shamir 1979): nine polynomials of degree
 * threshold - 1 modulo 2^31 + 11, whose constant terms are the secret's chunks.
 */
public final class Dealer implements AutoCloseable {
    private final long[][] polynomials;

    public Dealer(byte[] secret, int threshold, SecureRandom random) {
        if (secret.length != Chunks.SECRET_LENGTH) {
            throw new IllegalArgumentException("A secret has " + Chunks.SECRET_LENGTH + " bytes, not " + secret.length);
        }
        long[] constants = Chunks.split(secret);
        this.polynomials = new long[Chunks.COUNT][threshold];
        RandomElements elements = new RandomElements(random);
        for (int chunk = 0; chunk < Chunks.COUNT; chunk++) {
            polynomials[chunk][0] = constants[chunk];
            for (int power = 1; power < threshold; power++) {
                polynomials[chunk][power] = elements.next();
            }
        }
        Arrays.fill(constants, 0);
    }

    /** @param x the holder's place, from 1: at 0 lies the secret */
    public Share shareAt(int x) {
        if (x < 1) {
            throw new IllegalArgumentException("A holder's place starts at 1, not " + x);
        }
        long[] values = new long[Chunks.COUNT];
        for (int chunk = 0; chunk < Chunks.COUNT; chunk++) {
            values[chunk] = evaluate(polynomials[chunk], x);
        }
        return new Share(values);
    }

    /** Horner's rule. */
    static long evaluate(long[] polynomial, long x) {
        long value = 0;
        for (int power = polynomial.length - 1; power >= 0; power--) {
            value = Field31.add(Field31.multiply(value, x), polynomial[power]);
        }
        return value;
    }

    /** Forgets the polynomials. */
    @Override
    public void close() {
        for (long[] polynomial : polynomials) {
            Arrays.fill(polynomial, 0);
        }
    }

    /** Uniform field elements by rejection; random bytes are drawn in blocks because a generator's call costs more than its bytes. */
    private static final class RandomElements {
        private final SecureRandom random;
        private final byte[] block = new byte[4096];
        private int position = block.length;

        RandomElements(SecureRandom random) {
            this.random = random;
        }

        long next() {
            while (true) {
                if (position == block.length) {
                    random.nextBytes(block);
                    position = 0;
                }
                long candidate = Integer.toUnsignedLong((block[position] & 255) << 24
                        | (block[position + 1] & 255) << 16
                        | (block[position + 2] & 255) << 8
                        | block[position + 3] & 255);
                Arrays.fill(block, position, position + 4, (byte) 0);
                position += 4;
                if (candidate < Field31.PRIME) {
                    return candidate;
                }
            }
        }
    }
}
