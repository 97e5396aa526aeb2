package io.nsfl.federation.update;

/** Why an update is refused. The names are those of the platform's fault catalogue. */
public enum Refusal {
    /** Made for another round or attempt, or on another base model. */
    STALE,
    /** The client was not chosen for this work. */
    FORBIDDEN,
    /** Another result for the same work was decided before. */
    DUPLICATE,
    /** Tensors are missing, too many, in another order, or have another shape or element type. */
    SHAPE,
    /** The number of samples is not a whole number from 1 to the cap. */
    BAD_WEIGHT,
    /** A metric that the algorithm needs is missing or makes no sense. */
    BAD_METRIC,
    /** A value is NaN or infinite. */
    NON_FINITE,
    /** The update's L2 norm is beyond the bound. */
    NORM,
    /** A value is beyond what this round's fold can hold. */
    OUT_OF_RANGE
}
