package io.nsfl.storage.blob;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.nio.charset.StandardCharsets;

/**
 * A checked path of a store: names separated by {@code /}, the first of them the bucket. Names are neither empty nor {@code .} or
 * {@code ..}, hold no control characters, and do not begin with {@value #RESERVED}, which is the stores' own.
 *
 * @param bucket the first name
 * @param key the rest; empty = the bucket itself
 */
public record BlobPath(String bucket, String key) {
    /** What names of the stores' own files begin with: these are never listed. */
    public static final String RESERVED = ".nsfl-";

    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_KEY = 900;

    /** The path of a file, or of a directory below a bucket. */
    public static BlobPath of(String path) {
        BlobPath parsed = ofDirectory(path);
        if (parsed.key.isEmpty()) {
            throw refused(path, "it names a bucket and nothing in it");
        }
        return parsed;
    }

    /** The path of a directory, a bucket being one. */
    public static BlobPath ofDirectory(String path) {
        for (String name : path.split("/", -1)) {
            check(path, name);
        }
        int end = path.indexOf('/');
        BlobPath parsed =
                end < 0 ? new BlobPath(path, "") : new BlobPath(path.substring(0, end), path.substring(end + 1));
        if (bytes(parsed.key) > LONGEST_KEY) {
            throw refused(path, "it is longer than " + LONGEST_KEY + " bytes");
        }
        return parsed;
    }

    /** A bucket by its name. */
    public static String bucket(String name) {
        BlobPath parsed = ofDirectory(name);
        if (!parsed.key.isEmpty()) {
            throw refused(name, "a bucket has one name");
        }
        return name;
    }

    /** Another file of the same bucket. */
    public BlobPath sibling(String otherKey) {
        return new BlobPath(bucket, otherKey);
    }

    private static void check(String path, String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw refused(path, "empty names, \".\" and \"..\" are not allowed");
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw refused(path, "control characters are not allowed");
        }
        if (name.startsWith(RESERVED)) {
            throw refused(path, "names that begin with \"" + RESERVED + "\" are the store's own");
        }
        if (bytes(name) > LONGEST_NAME) {
            throw refused(path, "a name in it is longer than " + LONGEST_NAME + " bytes");
        }
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** The refusal of this path. */
    public static FaultException refused(String path, String reason) {
        StringBuilder shown = new StringBuilder();
        path.codePoints()
                .limit(200)
                .forEach(point -> shown.appendCodePoint(Character.isISOControl(point) ? '?' : point));
        return new FaultException(
                Fault.REQUEST_INVALID,
                "The path \"%s\" is not one of the store: %s; use bucket/name/…/name.".formatted(shown, reason));
    }

    @Override
    public String toString() {
        return key.isEmpty() ? bucket : bucket + "/" + key;
    }
}
