package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.mask.MaskSeed;
import io.nsfl.federation.secagg.mask.Masks;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

/** Sums modulo 2^32 outside the heap: four bytes for each element. */
public final class Sums {
    private static final ValueLayout.OfInt WIRE = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Seeds whose ciphers are open at a time. */
    private static final int BATCH = 256;

    /** Most blocks that one thread takes at once: 4 MiB of sums. */
    private static final long MOST_BLOCKS = 64;

    private final long length;
    private final MemorySegment sums;

    Sums(long length, Arena arena) {
        this.length = length;
        this.sums = arena.allocate(length * Integer.BYTES, Long.BYTES);
    }

    public long length() {
        return length;
    }

    /** One sum as an unsigned number. */
    public long get(long index) {
        return Integer.toUnsignedLong(sums.getAtIndex(ValueLayout.JAVA_INT, index));
    }

    /** Copies {@code count} sums to the start of {@code into}; they are unsigned. */
    public void read(long from, int[] into, int count) {
        MemorySegment.copy(sums, ValueLayout.JAVA_INT, from * Integer.BYTES, into, 0, count);
    }

    /** Adds a vector of little-endian integers. */
    void add(MemorySegment vector) {
        for (long i = 0; i < length; i++) {
            long at = i * Integer.BYTES;
            sums.set(ValueLayout.JAVA_INT, at, sums.get(ValueLayout.JAVA_INT, at) + vector.get(WIRE, at));
        }
    }

    /** Applies all masks; threads take ranges of the vector, so that each sum has one writer. */
    void apply(List<MaskSeed> seeds) {
        long blocks = (length + Masks.BLOCK - 1) / Masks.BLOCK;
        int workers = ForkJoinPool.getCommonPoolParallelism() + 1;
        long rangeBlocks = Math.clamp((blocks + workers - 1) / workers, 1, MOST_BLOCKS);
        int ranges = Math.toIntExact((blocks + rangeBlocks - 1) / rangeBlocks);
        long range = rangeBlocks * Masks.BLOCK;
        IntStream.range(0, ranges)
                .parallel()
                .forEach(i -> applyTo(seeds, i * range, Math.min(length, (i + 1) * range)));
    }

    private void applyTo(List<MaskSeed> seeds, long from, long to) {
        int[] block = new int[Masks.BLOCK];
        for (int first = 0; first < seeds.size(); first += BATCH) {
            Masks masks = new Masks(seeds.subList(first, Math.min(seeds.size(), first + BATCH)), from);
            for (long at = from; at < to; at += Masks.BLOCK) {
                int count = (int) Math.min(Masks.BLOCK, to - at);
                read(at, block, count);
                masks.apply(block, count);
                MemorySegment.copy(block, 0, sums, ValueLayout.JAVA_INT, at * Integer.BYTES, count);
            }
        }
    }
}
