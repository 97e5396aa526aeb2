package io.nsfl.federation.aggregate;

import io.nsfl.federation.tensor.TensorSpec;

/**
 * How one tensor is folded.
 *
 * @param limitExponent values beyond 2^limitExponent are out of range; 0 and without meaning for tensors that are not added up
 * @param scaleExponent a client adds {@code rint(value * units * 2^scaleExponent)}
 * @param equal every client counts as one unit here, whatever its weight
 */
public record TensorPlan(TensorSpec spec, int limitExponent, int scaleExponent, boolean equal) {
    /** Largest absolute value that can be folded. */
    public double limit() {
        return Math.scalb(1.0, limitExponent);
    }

    /** Upper bound of the error that one client's rounding adds to the sum of {@code value * units}. */
    public double roundingBound() {
        return Math.scalb(0.5, -scaleExponent);
    }
}
