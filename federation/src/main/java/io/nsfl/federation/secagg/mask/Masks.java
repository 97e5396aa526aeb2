package io.nsfl.federation.secagg.mask;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Several masks at once, from some element on, block after block: as many ciphers as seeds, two blocks of memory. Not thread-safe; threads
 * take ranges of their own, since the keystream can be entered anywhere.
 */
public final class Masks {
    /** Elements of a block: 64 KiB of keystream, which stays in the processor's cache while all masks are added to it. */
    public static final int BLOCK = 16 * 1024;

    private static final ValueLayout.OfInt ELEMENT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final byte[] ZEROS = new byte[BLOCK * Integer.BYTES];
    private static final int CIPHER_BLOCK = 16;

    private final List<Cipher> ciphers = new ArrayList<>();
    private final boolean[] added;
    private final byte[] keystream = new byte[BLOCK * Integer.BYTES];
    private final MemorySegment elements = MemorySegment.ofArray(keystream);

    /** @param from first element, a multiple of {@link #BLOCK} */
    public Masks(List<MaskSeed> seeds, long from) {
        if (from < 0 || from % BLOCK != 0) {
            throw new IllegalArgumentException("A range starts at a multiple of " + BLOCK + ", not at " + from);
        }
        this.added = new boolean[seeds.size()];
        for (int i = 0; i < added.length; i++) {
            ciphers.add(cipher(seeds.get(i).key(), from * Integer.BYTES / CIPHER_BLOCK));
            added[i] = seeds.get(i).added();
        }
    }

    /** Adds the next {@code count} elements of all masks to a block, modulo 2^32. Only the last block of a vector is shorter. */
    public void apply(int[] block, int count) {
        for (int i = 0; i < added.length; i++) {
            expand(ciphers.get(i), count);
            if (added[i]) {
                add(block, count);
            } else {
                subtract(block, count);
            }
        }
    }

    private void expand(Cipher cipher, int count) {
        try {
            cipher.update(ZEROS, 0, count * Integer.BYTES, keystream, 0);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Cannot expand a mask", impossible);
        }
    }

    private void add(int[] block, int count) {
        for (int i = 0; i < count; i++) {
            block[i] += elements.get(ELEMENT, (long) i * Integer.BYTES);
        }
    }

    private void subtract(int[] block, int count) {
        for (int i = 0; i < count; i++) {
            block[i] -= elements.get(ELEMENT, (long) i * Integer.BYTES);
        }
    }

    private static Cipher cipher(byte[] key, long counter) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            byte[] start = ByteBuffer.allocate(CIPHER_BLOCK)
                    .putLong(0)
                    .putLong(counter)
                    .array();
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(start));
            return cipher;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("This JDK lacks AES/CTR", missing);
        }
    }
}
