package io.nsfl.coordinator.algorithm;

/** How much a client counts in the mean. */
public enum Weighting {
    /** By the number of samples that its script reports. */
    SAMPLES,
    /** All the same. */
    EQUAL;

    /** @param samples as reported */
    public long of(long samples) {
        return switch (this) {
            case SAMPLES -> samples;
            case EQUAL -> 1;
        };
    }
}
