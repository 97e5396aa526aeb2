package io.nsfl.modelformats.delta;

/**
 * Bytes of the new file that follow each other and are told in one way.
 *
 * @param width bytes of an element: 1, 2, 4 or 8
 * @param source where the older file holds the elements to subtract; {@link #NOWHERE} = it has none, and they are told as they are
 * @param length bytes, a multiple of the width
 */
record Run(int width, long source, long length) {
    static final long NOWHERE = -1;

    /** Bytes of a run in the delta file: its width, source and length. */
    static final int HEADER = 1 + Long.BYTES + Long.BYTES;

    boolean hasSource() {
        return source != NOWHERE;
    }

    /** Whether the other, which comes next in the new file, goes on where this one ends. */
    boolean continuedBy(Run next) {
        return width == next.width && (hasSource() ? source + length == next.source : !next.hasSource());
    }

    Run with(Run next) {
        return new Run(width, source, length + next.length);
    }
}
