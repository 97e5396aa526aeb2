package io.nsfl.coordinator.run;

import java.util.Map;

/** How long a round took so far. @param millis by phase */
record PhaseTimes(double seconds, Map<String, Long> millis) {}
