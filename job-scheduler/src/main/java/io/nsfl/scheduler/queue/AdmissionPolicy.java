package io.nsfl.scheduler.queue;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * How a job that waits for clients is looked at again.
 *
 * @param first pause after the first no; pauses double
 * @param longest between two looks
 * @param mostChecks then the job fails; empty = it waits without limit
 */
public record AdmissionPolicy(Duration first, Duration longest, OptionalInt mostChecks) {
    /** The pause after so many checks that said no, at least 1. */
    Duration pause(int checks) {
        Duration pause = first;
        for (int i = 1; i < checks && pause.compareTo(longest) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(longest) < 0 ? pause : longest;
    }

    boolean isSpent(int checks) {
        return mostChecks.isPresent() && checks >= mostChecks.getAsInt();
    }
}
