package io.nsfl.coordinator.round;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When collected work is enough. It closes
 *
 * <ol>
 *   <li>with {@code target} valid results; or
 *   <li>with {@code threshold} valid results and nobody left who could deliver; or
 *   <li>with {@code threshold} valid results once the window has passed since the threshold was reached, or at the deadline.
 * </ol>
 *
 * It fails as soon as the threshold cannot be reached any more, and at the deadline.
 *
 * @param window empty = the larger of 2 s and a quarter of the time that the threshold took
 */
public record Quorum(int target, int threshold, Optional<Duration> window) {
    private static final Duration SHORTEST_WINDOW = Duration.ofSeconds(2);

    /** What is to be done. */
    public sealed interface Verdict {
        /** Enough. */
        record Close() implements Verdict {}

        /** Ask again when something changes, at the latest then. */
        record Wait(Instant until) implements Verdict {}

        /** It will never be enough. */
        record Fail(String reason) implements Verdict {}
    }

    /**
     * @param valid results that count
     * @param open clients that may still deliver
     * @param thresholdAt when {@code valid} reached the threshold; empty = it has not
     */
    public Verdict decide(
            int valid, int open, Instant openedAt, Optional<Instant> thresholdAt, Instant deadline, Instant now) {
        if (valid >= target) {
            return new Verdict.Close();
        }
        if (valid >= threshold) {
            Instant reached = thresholdAt.orElse(now);
            Instant windowEnd = reached.plus(windowAfter(Duration.between(openedAt, reached)));
            Instant end = windowEnd.isBefore(deadline) ? windowEnd : deadline;
            return open == 0 || !now.isBefore(end) ? new Verdict.Close() : new Verdict.Wait(end);
        }
        if (valid + open < threshold) {
            return new Verdict.Fail("%d of %d needed results are in and %d clients are left that could deliver one"
                    .formatted(valid, threshold, open));
        }
        if (!now.isBefore(deadline)) {
            return new Verdict.Fail(
                    "the round's time ran out with %d of %d needed results; %d clients had not delivered"
                            .formatted(valid, threshold, open));
        }
        return new Verdict.Wait(deadline);
    }

    private Duration windowAfter(Duration taken) {
        return window.orElseGet(() -> {
            Duration quarter = taken.dividedBy(4);
            return quarter.compareTo(SHORTEST_WINDOW) > 0 ? quarter : SHORTEST_WINDOW;
        });
    }
}
