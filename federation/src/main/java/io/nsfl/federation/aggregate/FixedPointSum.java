package io.nsfl.federation.aggregate;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.federation.update.Refusal;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** The weighted sum of a floating tensor in 64-bit fixed point. */
final class FixedPointSum implements Accumulator {
    private static final ValueLayout.OfLong SUM = ValueLayout.JAVA_LONG;

    private final TensorPlan plan;
    private final MemorySegment sums;
    private final double[] block = new double[Elements.BLOCK];

    FixedPointSum(TensorPlan plan, Arena arena) {
        this.plan = plan;
        this.sums = arena.allocate(Math.multiplyExact(plan.spec().elements(), Long.BYTES), Long.BYTES);
    }

    @Override
    public TensorSpec spec() {
        return plan.spec();
    }

    @Override
    public Optional<FoldOutcome.Refused> check(NamedTensor tensor, double scale) {
        double largest = tensor.largestMagnitude() * of(scale);
        return largest <= plan.limit() ? Optional.empty() : Optional.of(refused(largest));
    }

    @Override
    public void add(NamedTensor tensor, long units, double scale) {
        // Without a scale exact: at most 29 bits times a power of two. So is the product with a float32 value.
        double factor = Math.scalb((double) (plan.equal() ? 1 : units), plan.scaleExponent()) * of(scale);
        DType type = spec().dtype();
        long elements = spec().elements();
        for (long from = 0; from < elements; from += Elements.BLOCK) {
            int count = Elements.block(elements, from);
            if (type == DType.F32) {
                addFloats(tensor.data(), from * Float.BYTES, count, factor, sums, from * Long.BYTES);
            } else {
                Elements.read(type, tensor.data(), from, count, block);
                addDoubles(block, count, factor, sums, from * Long.BYTES);
            }
        }
    }

    @Override
    public void write(NamedTensor out, long totalUnits, int count) {
        double divisor = Math.scalb((double) (plan.equal() ? count : totalUnits), plan.scaleExponent());
        long elements = spec().elements();
        for (long from = 0; from < elements; from += Elements.BLOCK) {
            int length = Elements.block(elements, from);
            for (int i = 0; i < length; i++) {
                block[i] = sums.get(SUM, (from + i) * Long.BYTES) / divisor;
            }
            Elements.write(out.spec().dtype(), out.data(), from, length, block);
        }
    }

    private double of(double scale) {
        return spec().kind() == TensorKind.TRAINABLE ? scale : 1;
    }

    /** The common case without the detour through a block: as fast as memory delivers. */
    private static void addFloats(
            MemorySegment values, long valuesAt, int count, double factor, MemorySegment sums, long at) {
        for (int i = 0; i < count; i++) {
            long step = (long) Math.rint(values.get(Elements.F32, valuesAt + 4L * i) * factor);
            sums.set(SUM, at + 8L * i, sums.get(SUM, at + 8L * i) + step);
        }
    }

    private static void addDoubles(double[] values, int count, double factor, MemorySegment sums, long at) {
        for (int i = 0; i < count; i++) {
            long step = (long) Math.rint(values[i] * factor);
            sums.set(SUM, at + 8L * i, sums.get(SUM, at + 8L * i) + step);
        }
    }

    private FoldOutcome.Refused refused(double largest) {
        if (Double.isFinite(largest)) {
            return new FoldOutcome.Refused(
                    Refusal.OUT_OF_RANGE,
                    "Tensor " + spec().name() + " has the value " + largest + ", beyond this round's range of "
                            + plan.limit() + ".");
        }
        return new FoldOutcome.Refused(
                Refusal.NON_FINITE, "Tensor " + spec().name() + " has a value that is not a finite number.");
    }
}
