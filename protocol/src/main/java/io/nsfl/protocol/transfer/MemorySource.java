package io.nsfl.protocol.transfer;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Memory as it lies; stays the caller's. */
record MemorySource(MemorySegment segment) implements FrameSource {
    @Override
    public long size() {
        return segment.byteSize();
    }

    @Override
    public ByteBuffer frame(long position, int length) {
        return segment.asSlice(position, length).asByteBuffer();
    }

    @Override
    public void close() {}
}
