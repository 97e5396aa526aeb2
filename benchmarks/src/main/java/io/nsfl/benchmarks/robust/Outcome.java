package io.nsfl.benchmarks.robust;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/**
 * What one run of a rule took.
 *
 * @param keepMillis to take the updates in; 0 where they lay in memory at once
 * @param combineMillis the rule itself
 * @param mebibytes the most memory that the process had: here what no file stands behind, elsewhere all
 * @param aggregate the result's file, float32 in the machine's order
 */
public record Outcome(double keepMillis, double combineMillis, double mebibytes, Path aggregate) {
    /** The largest difference between the elements of two results, beside the largest element. */
    public double difference(Outcome other) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ours = mapped(aggregate, arena);
            MemorySegment theirs = mapped(other.aggregate, arena);
            double largest = 0;
            double apart = 0;
            for (long i = 0; i < ours.byteSize() / Float.BYTES; i++) {
                double one = ours.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                largest = Math.max(largest, Math.abs(one));
                apart = Math.max(apart, Math.abs(one - theirs.getAtIndex(ValueLayout.JAVA_FLOAT, i)));
            }
            return apart / largest;
        }
    }

    private static MemorySegment mapped(Path file, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }
}
