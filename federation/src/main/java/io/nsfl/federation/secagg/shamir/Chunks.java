package io.nsfl.federation.secagg.shamir;

import java.util.Optional;

/** A secret of 256 bits as nine field elements: eight of 31 bits and one of the last 8, little-endian. */
final class Chunks {
    static final int COUNT = 9;
    static final int SECRET_LENGTH = 32;

    private static final int BITS = 31;
    private static final int LAST_BITS = 8 * SECRET_LENGTH - BITS * (COUNT - 1);

    private Chunks() {}

    static long[] split(byte[] secret) {
        long[] chunks = new long[COUNT];
        for (int bit = 0; bit < 8 * SECRET_LENGTH; bit++) {
            long value = secret[bit >> 3] >> (bit & 7) & 1;
            chunks[bit / BITS] |= value << bit % BITS;
        }
        return chunks;
    }

    /** Nothing if an element is larger than its chunk: then it came from no secret. */
    static Optional<byte[]> join(long[] chunks) {
        for (int chunk = 0; chunk < COUNT; chunk++) {
            if (chunks[chunk] >>> (chunk == COUNT - 1 ? LAST_BITS : BITS) != 0) {
                return Optional.empty();
            }
        }
        byte[] secret = new byte[SECRET_LENGTH];
        for (int bit = 0; bit < 8 * SECRET_LENGTH; bit++) {
            secret[bit >> 3] |= (byte) ((chunks[bit / BITS] >>> bit % BITS & 1) << (bit & 7));
        }
        return Optional.of(secret);
    }
}
