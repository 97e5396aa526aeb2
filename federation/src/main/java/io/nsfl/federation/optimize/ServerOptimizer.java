package io.nsfl.federation.optimize;

import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.state.Stateful;
import io.nsfl.federation.tensor.TensorSet;

/**
 * Makes the next global model: the second place where an algorithm plugs in. Deterministic: the same base, aggregate and state give
 * the same bits.
 */
public interface ServerOptimizer extends Stateful {
    /**
     * @param base the model that the clients trained on, local tensors included
     * @param aggregate what {@link io.nsfl.federation.aggregate.Aggregator#mean} wrote, treated
     * @param out all tensors of {@code base}; overwritten; usually a mapped file; must not overlap {@code base}
     * @param state what it remembers, to be brought up to date: a copy of what was committed, committed with {@code out}
     */
    StepReport step(TensorSet base, Aggregate aggregate, TensorSet out, ServerState state);
}
