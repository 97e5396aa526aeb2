package io.nsfl.ctl.upload;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A file cut into parts, the same way at every call, so that a later call knows an earlier one's.
 *
 * @param file what is cut
 * @param size its bytes
 * @param partSize bytes of each part but the last
 */
record Parts(Path file, long size, long partSize) {
    static final int SMALLEST = 8 << 20;
    private static final int MOST = 10_000;

    static Parts of(Path file, long size) {
        long needed = (size + MOST - 1) / MOST;
        long partSize = SMALLEST;
        while (partSize < needed) {
            partSize *= 2;
        }
        return new Parts(file, size, partSize);
    }

    int count() {
        return (int) Math.max(1, (size + partSize - 1) / partSize);
    }

    /** @param number from 0 */
    int length(int number) {
        return (int) Math.min(partSize, size - number * partSize);
    }

    /** @param number from 0 */
    byte[] read(int number) throws IOException {
        byte[] bytes = new byte[length(number)];
        try (RandomAccessFile from = new RandomAccessFile(file.toFile(), "r")) {
            from.seek(number * partSize);
            from.readFully(bytes);
        }
        return bytes;
    }

    /** The tag that an object store gives to this file: of one part, or of all parts' digests. */
    String etag() throws IOException {
        if (count() == 1) {
            return hex(md5().digest(read(0)));
        }
        MessageDigest all = md5();
        for (int number = 0; number < count(); number++) {
            all.update(md5().digest(read(number)));
        }
        return hex(all.digest()) + "-" + count();
    }

    static String etag(byte[] bytes) {
        return hex(md5().digest(bytes));
    }

    /** In base 64, as S3 writes it. */
    static String sha256(byte[] bytes) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** Of S3's choosing: it tells equal parts apart from others, nothing is kept safe by it. */
    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no MD5", e);
        }
    }
}
