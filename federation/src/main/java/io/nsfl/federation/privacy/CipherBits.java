package io.nsfl.federation.privacy;

import io.nsfl.federation.bits.BitSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Bits from AES-256 in counter mode: a cryptographic generator at more than a gigabyte a second. Whoever knows the noise can take it off
 * again, so the key, drawn from the operating system or derived from a secret, never leaves this object.
 */
public final class CipherBits implements BitSource {
    private static final int BUFFER = 1 << 16;
    private static final int KEY = 32;
    private static final int COUNTER = 16;

    private final Cipher cipher;
    private final byte[] zeros = new byte[BUFFER];
    private final byte[] stream = new byte[BUFFER];
    private final ByteBuffer words = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
    private long pool;
    private int pooled;

    private CipherBits(byte[] key) {
        try {
            cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[COUNTER]));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Cannot draw random bits: every JDK has AES", impossible);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
        words.position(BUFFER);
    }

    /**
     * Under a key that only who may see through the noise can derive. The same key gives the same bits: two different values noised with
     * them give their difference away, so a key must depend on everything that the value depends on.
     *
     * @param key 32 secret bytes, of uniform distribution
     */
    public static CipherBits of(byte[] key) {
        if (key.length != KEY) {
            throw new IllegalArgumentException("A key has " + KEY + " bytes, not " + key.length);
        }
        return new CipherBits(key.clone());
    }

    /** Under a fresh key. */
    public static CipherBits secure() {
        byte[] key = new byte[KEY];
        new SecureRandom().nextBytes(key);
        return new CipherBits(key);
    }

    @Override
    public long next(int count) {
        if (count < 1 || count > 62) {
            throw new IllegalArgumentException("Cannot draw " + count + " bits: 1 to 62");
        }
        if (count <= pooled) {
            long drawn = pool & (1L << count) - 1;
            pool >>>= count;
            pooled -= count;
            return drawn;
        }
        long low = pool;
        int held = pooled;
        long fresh = word();
        int missing = count - held;
        pool = fresh >>> missing;
        pooled = Long.SIZE - missing;
        return low | (fresh & (1L << missing) - 1) << held;
    }

    private long word() {
        if (!words.hasRemaining()) {
            try {
                cipher.update(zeros, 0, BUFFER, stream, 0);
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException("Cannot draw random bits: the buffers have one size", impossible);
            }
            words.clear();
        }
        return words.getLong();
    }
}
