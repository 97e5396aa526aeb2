package io.nsfl.federation.optimize;

import io.nsfl.federation.tensor.TensorSet;

/**
 * Makes the next global model: the second place where an algorithm plugs in. Deterministic: the same base, aggregate and state give
 * the same bits. An optimizer with state (momentum, second moments) keeps it in tensors given at construction and commits it with the
 * round.
 */
public interface ServerOptimizer {
    /**
     * @param base the model that the clients trained on, local tensors included
     * @param aggregate what {@link io.nsfl.federation.aggregate.Aggregator#mean} wrote
     * @param out all tensors of {@code base}; overwritten; usually a mapped file; must not overlap {@code base}
     */
    StepReport step(TensorSet base, TensorSet aggregate, TensorSet out);
}
