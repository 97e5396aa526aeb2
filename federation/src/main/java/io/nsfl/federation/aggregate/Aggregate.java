package io.nsfl.federation.aggregate;

import io.nsfl.federation.tensor.TensorSet;
import java.util.Map;

/**
 * The combined update of one round.
 *
 * @param tensors what {@link Aggregator#mean} wrote; writable until the step is made
 * @param count updates in it
 * @param weight sum of their weights, as they counted
 * @param findings what the fold learnt besides, by name ({@link Aggregator#findings})
 */
public record Aggregate(TensorSet tensors, int count, long weight, Map<String, Double> findings) {
    public Aggregate {
        findings = Map.copyOf(findings);
    }
}
