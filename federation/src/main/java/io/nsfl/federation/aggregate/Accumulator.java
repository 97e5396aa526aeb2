package io.nsfl.federation.aggregate;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.Optional;

/** What one tensor's values are folded into. Commutative and associative, so that the order of the clients does not show. */
sealed interface Accumulator permits FixedPointSum, LargestValue {
    TensorSpec spec();

    /**
     * Whether {@link #add} could take these values. Changes nothing.
     *
     * @param scale of trainable values, from 0 to 1
     */
    Optional<FoldOutcome.Refused> check(NamedTensor tensor, double scale);

    /** Takes values in that were checked with this scale. */
    void add(NamedTensor tensor, long units, double scale);

    /** Writes the result of {@code count} clients. */
    void write(NamedTensor out, long totalUnits, int count);
}
