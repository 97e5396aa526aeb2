package io.nsfl.coordinator.algorithm;

import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.aggregate.StalenessWeight;

/** How much a client counts in the mean. */
public enum Weighting {
    /** By the number of samples that its script reports. */
    SAMPLES,
    /** All the same. */
    EQUAL,
    /** By the age of the model that its update was made on, in {@link StalenessWeight#UNITS}. */
    AGE;

    /** @param samples as reported */
    public long of(long samples) {
        return switch (this) {
            case SAMPLES -> samples;
            case EQUAL -> 1;
            case AGE -> StalenessWeight.UNITS;
        };
    }

    /** How many bits of a weight count. */
    int bits() {
        return this == AGE ? StalenessWeight.BITS : FoldPlan.WEIGHT_BITS;
    }
}
