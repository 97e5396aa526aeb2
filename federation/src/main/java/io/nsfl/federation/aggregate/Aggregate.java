package io.nsfl.federation.aggregate;

import io.nsfl.federation.bits.BitSource;
import io.nsfl.federation.tensor.TensorSet;
import java.util.Map;

/**
 * The combined update of one round.
 *
 * @param tensors what {@link Aggregator#mean} wrote; writable until the step is made
 * @param count updates in it
 * @param weight sum of their weights, as they counted
 * @param findings what the fold learnt besides, by name ({@link Aggregator#findings})
 * @param bits randomness that nobody outside can know, the same for the same set of updates in the same attempt
 */
public record Aggregate(TensorSet tensors, int count, long weight, Map<String, Double> findings, BitSource bits) {
    /** Of an aggregate that nothing may be drawn for. */
    public static final BitSource NO_BITS = drawn -> {
        throw new IllegalStateException("Cannot draw " + drawn + " bits: this aggregate has none");
    };

    /** For algorithms that draw nothing. */
    public Aggregate(TensorSet tensors, int count, long weight, Map<String, Double> findings) {
        this(tensors, count, weight, findings, NO_BITS);
    }

    public Aggregate {
        findings = Map.copyOf(findings);
    }
}
