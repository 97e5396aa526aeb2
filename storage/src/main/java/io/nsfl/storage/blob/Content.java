package io.nsfl.storage.blob;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a caller gives, while a store reads it: counted, digested, bounded, and with its failures told apart from the store's own.
 * Closing it does nothing: the stream belongs to the caller.
 */
public final class Content extends FilterInputStream {
    private final MessageDigest digest = sha256();
    private long left;
    private long read;
    private IOException failure;

    /** @param most bytes that are read at most */
    public Content(InputStream given, long most) {
        super(given);
        left = most;
    }

    /** The digest by which stores know content. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("Every JDK has SHA-256", absent);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        int count = given(buffer, offset, (int) Math.min(length, left));
        if (count > 0) {
            digest.update(buffer, offset, count);
            left -= count;
            read += count;
        }
        return count;
    }

    private int given(byte[] buffer, int offset, int length) throws IOException {
        try {
            return in.read(buffer, offset, length);
        } catch (IOException broken) {
            failure = broken;
            throw broken;
        }
    }

    @Override
    public long skip(long count) throws IOException {
        // Skipped bytes would be missing in the digest.
        byte[] passed = new byte[(int) Math.min(count, 8192)];
        return Math.max(0, read(passed, 0, passed.length));
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    @Override
    public void close() {
        // The caller's.
    }

    /** Bytes read so far. */
    public long bytesRead() {
        return read;
    }

    /** Whether it was the caller's stream that failed. */
    public boolean isBroken() {
        return failure != null;
    }

    /** Why it failed; null if it did not. */
    public IOException failure() {
        return failure;
    }

    /** Of all that was read, in hex; to be asked once. */
    public String digest() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
