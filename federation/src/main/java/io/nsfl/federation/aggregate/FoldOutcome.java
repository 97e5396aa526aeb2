package io.nsfl.federation.aggregate;

import io.nsfl.federation.update.Refusal;

/** What became of an update that was offered to an {@link Aggregator}. */
public sealed interface FoldOutcome {
    /** It counts. */
    record Folded() implements FoldOutcome {}

    /**
     * It does not count and left no trace.
     *
     * @param refusal {@link Refusal#OUT_OF_RANGE} or {@link Refusal#NON_FINITE}
     * @param message one sentence for a person
     */
    record Refused(Refusal refusal, String message) implements FoldOutcome {}
}
