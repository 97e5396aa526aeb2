package io.nsfl.federation.aggregate;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The scales of one round attempt's {@link ExactFold}: plain data, written into the round's opening record, so that a coordinator
 * that starts again folds to the same bits.
 *
 * <p>An accumulator has 63 bits for the magnitude. A roster of n clients leaves each {@code 62 - ceil(log2 n)} of them, of which the
 * weight takes {@code ceil(log2 cap)} and the value the rest: no sum can overflow, whatever the clients send within the limits.
 *
 * <p>Weights are counted in units, a power of two that brings the cap to at most 20 bits: {@code units = max(1, round(weight / unit))}.
 * Up to 2^20 samples the unit is 1 and weights are exact; beyond, a client's weight is off by at most half a unit (a weight below half
 * a unit counts as one unit).
 *
 * @param rosterSize most updates that can be folded
 * @param weightCap largest weight of one client, in samples
 * @param weightUnit samples per unit; a power of two
 */
public record FoldPlan(List<TensorPlan> tensors, int rosterSize, long weightCap, long weightUnit) {
    /** What the names of tensors begin with that are an algorithm's and not the model's. */
    public static final String EXTRA_PREFIX = "nsfl:";

    /** Bits of a weight in units. */
    public static final int WEIGHT_BITS = 20;

    /** Cap under which all weights are exact. */
    public static final long EXACT_WEIGHT_CAP = 1L << WEIGHT_BITS;

    /** A client's element may be 2^6 times the one that was expected. */
    private static final int HEADROOM_BITS = 6;

    /** A repeated attempt takes values 2^16 times as large. */
    private static final int WIDENING_BITS = 16;

    private static final int SUM_BITS = 62;
    private static final int SMALLEST_LIMIT = -128;
    private static final int LARGEST_LIMIT = 900;

    public FoldPlan {
        tensors = List.copyOf(tensors);
        if (rosterSize < 1 || weightCap < 1 || Long.bitCount(weightUnit) != 1 || weightUnit < 1) {
            throw new IllegalArgumentException("Cannot fold " + rosterSize + " updates with weights up to " + weightCap
                    + " in units of " + weightUnit);
        }
    }

    /**
     * The plan of a round's first attempt.
     *
     * @param tensors the model's tensors in order, local ones included
     * @param ranges an estimate for each trainable and statistic tensor
     */
    public static FoldPlan forRound(List<TensorSpec> tensors, RangeEstimate ranges, int rosterSize, long weightCap) {
        return forRound(tensors, ranges, rosterSize, weightCap, WEIGHT_BITS);
    }

    /**
     * The same with more or fewer bits for weights.
     *
     * @param weightBits at most 29: then the product with a float32 value is exact in float64
     */
    public static FoldPlan forRound(
            List<TensorSpec> tensors, RangeEstimate ranges, int rosterSize, long weightCap, int weightBits) {
        long unit = 1;
        while (unitsOf(weightCap, unit) > 1L << weightBits) {
            unit <<= 1;
        }
        int addedBits = SUM_BITS - bits(rosterSize) - bits(unitsOf(weightCap, unit));
        List<TensorPlan> plans =
                tensors.stream().map(spec -> plan(spec, ranges, addedBits)).toList();
        return new FoldPlan(plans, rosterSize, weightCap, unit);
    }

    /**
     * The same plan for updates that carry more than the model's tensors: an algorithm's own, in this order after the model's. They take
     * the plain mean, each client counting once. Their names begin with {@link #EXTRA_PREFIX}; a range of {@link RangeEstimate} where
     * an earlier round gave one.
     *
     * @param extras floating tensors of kind STATISTIC: averaged, no part of an update's norm, no server learning rate
     */
    public FoldPlan with(List<TensorSpec> extras, RangeEstimate ranges) {
        RangeEstimate known = ranges.with(extras);
        List<TensorPlan> all = new ArrayList<>(tensors);
        for (TensorSpec extra : extras) {
            if (!extra.name().startsWith(EXTRA_PREFIX) || extra.kind() != TensorKind.STATISTIC) {
                throw new IllegalArgumentException("Cannot add " + extra + " to an update");
            }
            TensorPlan plan = plan(extra, known, SUM_BITS - bits(rosterSize));
            all.add(new TensorPlan(extra, plan.limitExponent(), plan.scaleExponent(), true));
        }
        return new FoldPlan(all, rosterSize, weightCap, weightUnit);
    }

    /** The plan for repeating a round that found too many updates out of range: wider limits, coarser steps. */
    public FoldPlan widened() {
        List<TensorPlan> wider = tensors.stream()
                .map(plan -> RangeEstimate.added(plan.spec().kind()) ? widened(plan) : plan)
                .toList();
        return new FoldPlan(wider, rosterSize, weightCap, weightUnit);
    }

    /** A weight in units, as it counts. */
    public long units(long weight) {
        if (weight < 1 || weight > weightCap) {
            throw new IllegalArgumentException("Cannot fold weight " + weight + ": 1 to " + weightCap);
        }
        return unitsOf(weight, weightUnit);
    }

    /** What a client's update holds: every tensor but the local ones, then the algorithm's own. */
    public List<TensorSpec> updateSpecs() {
        return tensors.stream()
                .map(TensorPlan::spec)
                .filter(spec -> spec.kind() != TensorKind.LOCAL)
                .toList();
    }

    /** What {@link Aggregator#mean} writes: as {@link #updateSpecs}, but 16-bit floating tensors as F32, so that nothing is lost. */
    public List<TensorSpec> aggregateSpecs() {
        return updateSpecs().stream()
                .map(spec -> spec.dtype() == DType.F16 || spec.dtype() == DType.BF16 ? spec.as(DType.F32) : spec)
                .toList();
    }

    private static TensorPlan plan(TensorSpec spec, RangeEstimate ranges, int addedBits) {
        if (!RangeEstimate.added(spec.kind())) {
            return new TensorPlan(spec, 0, 0, false);
        }
        if (!spec.dtype().floating()) {
            throw new IllegalArgumentException("Cannot average tensor " + spec.name() + " of " + spec.dtype()
                    + ": its kind must be INTEGER or LOCAL");
        }
        Double expected = ranges.largest().get(spec.name());
        if (expected == null) {
            throw new IllegalArgumentException("Cannot scale tensor " + spec.name() + ": no range for it");
        }
        int ceiling = Math.getExponent(Math.nextDown(expected)) + 1;
        int limit = Math.clamp(ceiling + HEADROOM_BITS, SMALLEST_LIMIT, LARGEST_LIMIT);
        return new TensorPlan(spec, limit, addedBits - limit, false);
    }

    private static TensorPlan widened(TensorPlan plan) {
        int limit = Math.min(plan.limitExponent() + WIDENING_BITS, LARGEST_LIMIT);
        int added = plan.limitExponent() + plan.scaleExponent();
        return new TensorPlan(plan.spec(), limit, added - limit, plan.equal());
    }

    /** Rounded half up without overflow. */
    private static long unitsOf(long weight, long unit) {
        return Math.max(1, weight / unit + (weight % unit >= unit - unit / 2 && unit > 1 ? 1 : 0));
    }

    private static int bits(long count) {
        return 64 - Long.numberOfLeadingZeros(count - 1);
    }
}
