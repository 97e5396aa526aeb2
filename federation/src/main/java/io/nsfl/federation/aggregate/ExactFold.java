package io.nsfl.federation.aggregate;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Federated averaging as a streaming fold in 64-bit fixed point: the weighted mean of the updates, the same bit for bit in whatever
 * order they arrive.
 *
 * <p>Each client adds {@code rint(value * units * 2^scale)} to a 64-bit integer per element. Integers add up exactly, so the sum knows
 * no order; the only error is each client's own rounding, at most half a step, which makes at most
 * {@code count / 2 / (total units) / 2^scale} in the mean. The plan's limits exclude overflow. Integer tensors keep the largest
 * value.
 *
 * <p>Memory: 8 bytes per floating element (twice a float32 model) outside the heap, freed by {@link #close}, whatever the number of
 * updates. One thread at a time; no thread in particular.
 */
public final class ExactFold implements Aggregator {
    private final FoldPlan plan;
    private final Arena arena = Arena.ofShared();
    private final List<Accumulator> accumulators;
    private int count;
    private long units;

    public ExactFold(FoldPlan plan) {
        this.plan = plan;
        this.accumulators = new ArrayList<>(plan.tensors().size());
        for (TensorPlan tensor : plan.tensors()) {
            switch (tensor.spec().kind()) {
                case TRAINABLE, STATISTIC -> accumulators.add(new FixedPointSum(tensor, arena));
                case INTEGER -> accumulators.add(new LargestValue(tensor.spec(), arena));
                case LOCAL -> {}
            }
        }
    }

    @Override
    public FoldOutcome fold(TensorSet update, Contribution contribution) {
        return fold(update, contribution.weight(), 1);
    }

    /**
     * Folds an update whose trainable tensors are scaled first; the weight is not.
     *
     * @param scale from 0 to 1
     */
    FoldOutcome fold(TensorSet update, long weight, double scale) {
        long clientUnits = plan.units(weight);
        if (count == plan.rosterSize()) {
            throw new IllegalStateException("Cannot fold another update: all " + count + " of the roster are in");
        }
        List<NamedTensor> tensors = aligned(update);
        Optional<FoldOutcome.Refused> refused = check(tensors, scale);
        if (refused.isPresent()) {
            return refused.get();
        }
        for (int i = 0; i < tensors.size(); i++) {
            accumulators.get(i).add(tensors.get(i), clientUnits, scale);
        }
        count++;
        units += clientUnits;
        return new FoldOutcome.Folded();
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public long weight() {
        return units * plan.weightUnit();
    }

    @Override
    public void mean(TensorSet out) {
        if (count == 0) {
            throw new IllegalStateException("Cannot take the mean: no update was folded");
        }
        for (Accumulator accumulator : accumulators) {
            accumulator.write(out.get(accumulator.spec().name()), units, count);
        }
    }

    @Override
    public void close() {
        arena.close();
    }

    private Optional<FoldOutcome.Refused> check(List<NamedTensor> tensors, double scale) {
        for (int i = 0; i < tensors.size(); i++) {
            Optional<FoldOutcome.Refused> refused = accumulators.get(i).check(tensors.get(i), scale);
            if (refused.isPresent()) {
                return refused;
            }
        }
        return Optional.empty();
    }

    private List<NamedTensor> aligned(TensorSet update) {
        List<NamedTensor> tensors = new ArrayList<>(accumulators.size());
        for (Accumulator accumulator : accumulators) {
            TensorSpec expected = accumulator.spec();
            NamedTensor tensor = update.get(expected.name());
            if (!tensor.spec().sameLayout(expected)) {
                throw new IllegalArgumentException("Cannot fold " + tensor.spec() + ": the plan has " + expected);
            }
            tensors.add(tensor);
        }
        if (update.tensors().size() != accumulators.size()) {
            throw new IllegalArgumentException(
                    "Cannot fold " + update.tensors().size() + " tensors: the plan has " + accumulators.size());
        }
        return tensors;
    }
}
