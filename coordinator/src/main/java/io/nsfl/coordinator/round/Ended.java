package io.nsfl.coordinator.round;

import java.time.Instant;
import java.util.Optional;

/**
 * Nothing happens any more.
 *
 * @param state the run's terminal state; empty = the run itself goes on, in another process
 * @param reason one sentence; empty when everything went well
 */
public record Ended(Course course, How how, Optional<RunState> state, String reason) implements RoundPhase {
    /** How this process came to the end of its part. */
    public enum How {
        /** The run is over. */
        COMPLETE,
        /** Another coordinator owns the run. */
        SUPERSEDED,
        /** This process cannot go on; another may resume. */
        BROKEN
    }

    static Step superseded(Course course, String reason) {
        return by(course, new RoundEvent.Superseded(reason));
    }

    static Step by(Course course, RoundEvent.Ending ending) {
        How how = switch (ending) {
            case RoundEvent.Superseded _ -> How.SUPERSEDED;
            case RoundEvent.Broken _ -> How.BROKEN;
        };
        return Step.of(new Ended(course, how, Optional.empty(), ending.reason()));
    }

    @Override
    public Optional<WorkId> work() {
        return Optional.empty();
    }

    @Override
    public Step on(RoundEvent event, Instant now) {
        return event instanceof RoundEvent.Offered offered ? tooLate(offered) : stay();
    }
}
