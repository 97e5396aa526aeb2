package io.nsfl.federation.secagg.crypto;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 over parts that cannot run into each other: a label, then each part behind its length (4 bytes, big-endian). */
public final class Digests {
    /** Bytes of a digest. */
    public static final int LENGTH = 32;

    private Digests() {}

    public static byte[] sha256(String label, byte[]... parts) {
        MessageDigest digest = sha256();
        update(digest, label.getBytes(StandardCharsets.US_ASCII));
        for (byte[] part : parts) {
            update(digest, part);
        }
        return digest.digest();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("This JDK lacks SHA-256", missing);
        }
    }

    private static void update(MessageDigest digest, byte[] part) {
        digest.update((byte) (part.length >>> 24));
        digest.update((byte) (part.length >>> 16));
        digest.update((byte) (part.length >>> 8));
        digest.update((byte) part.length);
        digest.update(part);
    }
}
