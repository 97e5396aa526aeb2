package io.nsfl.protocol.transfer;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Bytes to send, read frame by frame. One thread at a time. */
public interface FrameSource extends AutoCloseable {
    /** Bytes in all. */
    long size();

    /**
     * Exactly {@code length} bytes from {@code position} on, valid until the next call.
     *
     * @param length at most {@link Frame#MAX_DATA}, and not beyond the size
     * @throws IOException if they cannot be read, also because the source became shorter
     */
    ByteBuffer frame(long position, int length) throws IOException;

    @Override
    void close();

    /** A file, opened at once; its size now is the size sent. */
    static FrameSource file(Path file) throws IOException {
        return FileSource.whole(file);
    }

    /** Part of a file. @throws IOException also if the file has no such part */
    static FrameSource file(Path file, long start, long length) throws IOException {
        return FileSource.region(file, start, length);
    }

    /** Memory, for example a mapped file; sent without a copy of our own. Stays the caller's to free, after close. */
    static FrameSource memory(MemorySegment segment) {
        return new MemorySource(segment);
    }

    /** No data: a stream of the header only. */
    static FrameSource empty() {
        return memory(MemorySegment.ofArray(new byte[0]));
    }
}
