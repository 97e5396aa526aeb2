package io.nsfl.coordinator.round;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How an asynchronous run gets its clients: one question at a time, slower after refusals and failures.
 *
 * @param nextAttempt number of the next wave of the model being made
 * @param asked what is asked for now
 * @param notBefore when the next question may be put
 * @param setbacks refusals and failed tasks in a row
 */
record Asking(int nextAttempt, Optional<WorkId> asked, Instant notBefore, int setbacks) {
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    static Asking from(int nextAttempt) {
        return new Asking(nextAttempt, Optional.empty(), Instant.MIN, 0);
    }

    /** For a new model. What was asked for the one before is not waited for. */
    Asking anew() {
        return new Asking(1, Optional.empty(), notBefore, setbacks);
    }

    Asking ask(WorkId work) {
        return new Asking(nextAttempt + 1, Optional.of(work), notBefore, setbacks);
    }

    Asking answered() {
        return new Asking(nextAttempt, Optional.empty(), notBefore, setbacks);
    }

    Asking setBack(Instant now) {
        Duration pause = PAUSE.multipliedBy(1L << Math.min(setbacks, 10));
        Instant again = now.plus(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
        return new Asking(nextAttempt, asked, again, setbacks + 1);
    }

    /** A client delivered: things go well. */
    Asking encouraged() {
        return new Asking(nextAttempt, asked, Instant.MIN, 0);
    }

    boolean may(Instant now) {
        return asked.isEmpty() && !now.isBefore(notBefore);
    }
}
