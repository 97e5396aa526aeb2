package io.nsfl.federation.aggregate;

import io.nsfl.federation.tensor.TensorSet;
import java.util.Map;

/**
 * Combines the updates of one round attempt into one update. The first of the three places where an algorithm plugs in (the others:
 * {@link io.nsfl.federation.optimize.ServerOptimizer}, {@link io.nsfl.federation.protect.ClientProtection}).
 *
 * <p>Used by one thread at a time. The result depends on the set of folded updates and never on their order. Memory does not grow
 * with the number of updates; an aggregator that needs them all at once states what it keeps, and where.
 */
public interface Aggregator extends AutoCloseable {
    /**
     * Takes an update in, whole or not at all.
     *
     * @param update the tensors that the round's plan names, local ones left out; read only during the call
     * @param contribution whose it is and how it counts
     * @throws IllegalArgumentException if structure or weight are not the plan's: both are checked before, by
     *     {@link io.nsfl.federation.update.UpdateCheck}
     * @throws IllegalStateException if more updates arrive than the roster has clients
     */
    FoldOutcome fold(TensorSet update, Contribution contribution);

    /** Updates folded so far. */
    int count();

    /** Sum of the folded updates' weights, as they counted. */
    long weight();

    /**
     * Writes the combined update: for federated averaging the weighted mean. May be called more than once.
     *
     * @param out the plan's {@link FoldPlan#aggregateSpecs()}
     * @throws IllegalStateException if nothing was folded
     */
    void mean(TensorSet out);

    /** What the fold learnt besides, by name: for the parts of the algorithm that work on the aggregate. Independent of order too. */
    default Map<String, Double> findings() {
        return Map.of();
    }

    @Override
    void close();
}
