package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.mask.Masks;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Vectors added up without masks, for tests of what goes in and comes out. */
public final class SummedVectors implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final Sums sums;

    public SummedVectors(long length) {
        this.sums = new Sums(length, arena);
    }

    /** Reads in blocks, as a session does. */
    public void add(ValueSource values) {
        int length = (int) sums.length();
        ByteBuffer vector = ByteBuffer.allocate(length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int[] block = new int[Masks.BLOCK];
        for (int from = 0; from < length; from += Masks.BLOCK) {
            int count = Math.min(Masks.BLOCK, length - from);
            values.next(block, count);
            for (int i = 0; i < count; i++) {
                vector.putInt(block[i]);
            }
        }
        sums.add(MemorySegment.ofArray(vector.array()));
    }

    public Sums sums() {
        return sums;
    }

    @Override
    public void close() {
        arena.close();
    }
}
