package io.nsfl.federation.aggregate;

import io.nsfl.federation.tensor.TensorSet;
import java.util.Map;

/**
 * Norm bounding: the mean of updates that are scaled down to a largest L2 norm first, {@code update * min(1, bound / |update|)} over the
 * trainable tensors together. A client that sends more than the others can say no more than they.
 *
 * <p>Memory: that of {@link ExactFold}.
 */
public final class NormBoundedFold extends WrappedFold<ExactFold> {
    /** Finding: how many updates were scaled down. */
    public static final String CLIPPED = "clipped";

    private final double bound;
    private int clipped;

    /** @param bound largest L2 norm of an update, above 0 */
    public NormBoundedFold(FoldPlan plan, double bound) {
        if (!(bound > 0)) {
            throw new IllegalArgumentException("Cannot bound norms by " + bound);
        }
        super(new ExactFold(plan));
        this.bound = bound;
    }

    @Override
    public FoldOutcome fold(TensorSet update, Contribution contribution) {
        double norm = Math.sqrt(UpdateNorm.squared(update));
        double scale = norm > bound ? bound / norm : 1;
        FoldOutcome outcome = fold.fold(update, contribution.weight(), scale);
        if (outcome instanceof FoldOutcome.Folded && scale < 1) {
            clipped++;
        }
        return outcome;
    }

    @Override
    public Map<String, Double> findings() {
        return Map.of(CLIPPED, (double) clipped);
    }
}
