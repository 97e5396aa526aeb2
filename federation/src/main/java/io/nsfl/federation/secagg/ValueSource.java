package io.nsfl.federation.secagg;

/** Hands out a client's quantised vector from its first element to its last, block by block: it never lies in memory as a whole. */
@FunctionalInterface
public interface ValueSource {
    /** Writes the next {@code count} values to the start of {@code block}: each from 0 to 2^valueBits - 1. */
    void next(int[] block, int count);
}
