package io.nsfl.benchmarks;

import io.nsfl.federation.aggregate.Contribution;
import io.nsfl.federation.aggregate.ExactFold;
import io.nsfl.federation.aggregate.FoldOutcome;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.aggregate.RangeEstimate;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One client's update into the exact fold, and the mean out of it; beside them the plainest sum there is. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FoldBenchmark {
    /** Never reached: the fold refuses more updates than this. */
    private static final int ROSTER = 1 << 20;

    private static final long SAMPLES = 600;
    private static final Contribution CLIENT = new Contribution("client", SAMPLES, Map.of());
    private static final double SCALE = 1e-3;

    /** Elements of the model's one tensor. */
    @Param("25000000")
    public int elements;

    @Param({"F32", "BF16", "F64"})
    public DType type;

    private Arena arena;
    private TensorSet update;
    private TensorSet mean;
    private ExactFold fold;
    private float[] values;
    private double[] sums;

    @Setup(Level.Trial)
    public void fill() {
        arena = Arena.ofShared();
        TensorSpec spec = new TensorSpec("weights", type, List.of((long) elements), TensorKind.TRAINABLE);
        FoldPlan plan = FoldPlan.forRound(
                List.of(spec), new RangeEstimate(Map.of("weights", SCALE)), ROSTER, FoldPlan.EXACT_WEIGHT_CAP);
        update = TensorSet.allocate(arena, List.of(spec));
        mean = TensorSet.allocate(arena, plan.aggregateSpecs());
        fold = new ExactFold(plan);
        values = new float[elements];
        sums = new double[elements];
        SplittableRandom random = new SplittableRandom(1);
        double[] block = new double[Elements.BLOCK];
        for (int from = 0; from < elements; from += Elements.BLOCK) {
            int count = Elements.block(elements, from);
            for (int i = 0; i < count; i++) {
                block[i] = (random.nextDouble() - 0.5) * SCALE;
                values[from + i] = (float) block[i];
            }
            Elements.write(type, update.get("weights").data(), from, count, block);
        }
        fold.fold(update, CLIENT);
    }

    @TearDown(Level.Trial)
    public void free() {
        fold.close();
        arena.close();
    }

    /** Check pass and add pass. */
    @Benchmark
    public FoldOutcome fold() {
        return fold.fold(update, CLIENT);
    }

    @Benchmark
    public TensorSet mean() {
        fold.mean(mean);
        return mean;
    }

    /** What {@code double[] += weight * float[]} costs here: neither exact nor free of order. */
    @Benchmark
    public double[] plainSum() {
        for (int i = 0; i < values.length; i++) {
            sums[i] += SAMPLES * (double) values[i];
        }
        return sums;
    }
}
