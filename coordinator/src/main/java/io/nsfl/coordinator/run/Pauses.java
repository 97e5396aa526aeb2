package io.nsfl.coordinator.run;

import java.time.Duration;

/** How long to wait before the next try: longer each time, within a bound. */
final class Pauses {
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final int MOST_DOUBLINGS = 10;

    private Pauses() {}

    static Duration after(int tries) {
        Duration pause = FIRST.multipliedBy(1L << Math.min(tries, MOST_DOUBLINGS));
        return pause.compareTo(LONGEST) < 0 ? pause : LONGEST;
    }
}
