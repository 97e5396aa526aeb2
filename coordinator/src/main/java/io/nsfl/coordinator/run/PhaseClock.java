package io.nsfl.coordinator.run;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Measures the phases of the round being played; several attempts add up. */
final class PhaseClock {
    private final Map<String, Long> millis = new LinkedHashMap<>();
    private String current = "";
    private Instant since;
    private Instant roundSince;

    PhaseClock(Instant now) {
        since = now;
        roundSince = now;
    }

    void enter(String phase, Instant now) {
        String name = phase.toLowerCase(Locale.ROOT);
        if (!name.equals(current)) {
            add(now);
            current = name;
        }
    }

    /** A new round begins. */
    void restart(Instant now) {
        millis.clear();
        current = "";
        since = now;
        roundSince = now;
    }

    PhaseTimes read(Instant now) {
        add(now);
        return new PhaseTimes(roundSince, now, current, Map.copyOf(millis));
    }

    private void add(Instant now) {
        if (!current.isEmpty()) {
            millis.merge(current, Duration.between(since, now).toMillis(), Long::sum);
        }
        since = now;
    }
}
