package io.nsfl.benchmarks.robust;

import io.nsfl.benchmarks.measure.AnonymousPeak;
import io.nsfl.federation.aggregate.Contribution;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.aggregate.RangeEstimate;
import io.nsfl.federation.robust.RobustFold;
import io.nsfl.federation.robust.RobustRule;
import io.nsfl.federation.tensor.TensorSet;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/** A rule of this platform, as a coordinator runs it: updates come one by one and are kept on disk. */
public final class OwnRule {
    private OwnRule() {}

    /** @param scratch where the updates are kept, and the result */
    public static Outcome run(RobustRule rule, UpdateFiles updates, Path scratch) throws IOException {
        int clients = updates.files().size();
        System.gc();
        FoldPlan plan = FoldPlan.forRound(
                List.of(updates.spec()), new RangeEstimate(Map.of(updates.spec().name(), 1.0)), clients, 1);
        try (AnonymousPeak memory = AnonymousPeak.watch();
                Arena arena = Arena.ofConfined();
                RobustFold fold = new RobustFold(plan, rule, scratch)) {
            TensorSet out = TensorSet.allocate(arena, plan.aggregateSpecs());
            long start = System.nanoTime();
            for (int client = 0; client < clients; client++) {
                try (Arena one = Arena.ofConfined()) {
                    fold.fold(
                            updates.read(client, one), new Contribution("client-%03d".formatted(client), 1, Map.of()));
                }
            }
            long between = System.nanoTime();
            fold.mean(out);
            long end = System.nanoTime();
            double most = memory.mebibytes();
            return new Outcome((between - start) / 1e6, (end - between) / 1e6, most, written(out, scratch));
        }
    }

    private static Path written(TensorSet aggregate, Path scratch) throws IOException {
        Path file = scratch.resolve("own.f32");
        MemorySegment data = aggregate.tensors().getFirst().data();
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.truncate(0);
            channel.map(MapMode.READ_WRITE, 0, data.byteSize(), arena).copyFrom(data);
        }
        return file;
    }
}
