package io.nsfl.modelmanager.upload;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A piece of a file that is sent.
 *
 * @param offset of its first byte in the file
 * @param length of the piece; empty = until it ends
 * @param total size of the file; empty = this is all of it
 * @param sha256 of the whole file in hex; empty = not told
 */
public record Part(long offset, OptionalLong length, OptionalLong total, Optional<String> sha256) {
    /** The whole file at once. */
    public static Part whole(OptionalLong length, Optional<String> sha256) {
        return new Part(0, length, OptionalLong.empty(), sha256);
    }

    boolean isWhole() {
        return total.isEmpty();
    }
}
