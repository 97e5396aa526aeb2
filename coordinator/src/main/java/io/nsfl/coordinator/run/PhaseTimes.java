package io.nsfl.coordinator.run;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How long a round took, as far as it was read.
 *
 * @param phase the one that goes on; empty = none does
 * @param millis by phase
 */
record PhaseTimes(Instant begun, Instant readAt, String phase, Map<String, Long> millis) {
    /** The same a little later, still in the same phase. */
    PhaseTimes until(Instant now) {
        Map<String, Long> longer = new HashMap<>(millis);
        if (!phase.isEmpty()) {
            longer.merge(phase, Duration.between(readAt, now).toMillis(), Long::sum);
        }
        return new PhaseTimes(begun, now, phase, Map.copyOf(longer));
    }

    /** From the round's first selection on. */
    double seconds() {
        return Duration.between(begun, readAt).toMillis() / 1000.0;
    }
}
