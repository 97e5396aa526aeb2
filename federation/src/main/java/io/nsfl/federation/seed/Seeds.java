package io.nsfl.federation.seed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Derives independent seeds from a job's one: the first 64 bits (big-endian) of SHA-256 over the job's seed, the round, the length of
 * the client's id, the id, and the purpose.
 */
public final class Seeds {
    private static final String LABEL = "nsfl/seed/v1";

    private Seeds() {}

    /** Seed of one purpose at one client in one round; {@code client} is empty for the server itself. */
    public static long derive(long jobSeed, int round, String client, String purpose) {
        byte[] label = LABEL.getBytes(StandardCharsets.US_ASCII);
        byte[] id = client.getBytes(StandardCharsets.UTF_8);
        byte[] use = purpose.getBytes(StandardCharsets.UTF_8);
        ByteBuffer input = ByteBuffer.allocate(label.length + Long.BYTES + 2 * Integer.BYTES + id.length + use.length)
                .put(label)
                .putLong(jobSeed)
                .putInt(round)
                .putInt(id.length)
                .put(id)
                .put(use);
        return ByteBuffer.wrap(sha256(input.array())).getLong();
    }

    /** {@code NSFL_SEED} of a training script: 0 to 2^32 - 1, which NumPy, TensorFlow and PyTorch all take. */
    public static long derive(long jobSeed, int round, String client) {
        return derive(jobSeed, round, client, "script") >>> 32;
    }

    private static byte[] sha256(byte[] input) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(input);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Cannot hash: every JDK has SHA-256", impossible);
        }
    }
}
