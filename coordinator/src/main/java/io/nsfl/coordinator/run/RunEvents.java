package io.nsfl.coordinator.run;

import io.nsfl.coordinator.round.RoundEvent;
import io.nsfl.coordinator.round.WorkId;

/** Where the performers of effects bring their answers, and what they ask before they go on. */
interface RunEvents {
    /** From any thread. */
    void post(RoundEvent event);

    /** Whether the run is over for this process. From any thread. */
    boolean over();

    /** Whether the run still is about this work. Only for tasks of the decisions' lane: elsewhere the answer may be old. */
    boolean wanted(WorkId work);
}
