package io.nsfl.coordinator.round;

import java.time.Instant;
import java.util.Optional;

/** The last committed model is written as a checkpoint in the user's own format. */
public record Saving(Course course) implements RoundPhase {
    static Step begin(Course course) {
        return Step.of(new Saving(course), new Effect.SaveCheckpoint(course.committedRound()));
    }

    @Override
    public Optional<WorkId> work() {
        return Optional.empty();
    }

    @Override
    public Step on(RoundEvent event, Instant now) {
        return switch (event) {
            case RoundEvent.CheckpointSaved saved
            when saved.round() == course.committedRound() -> Turn.next(course.saved(), now);
            case RoundEvent.Offered offered -> tooLate(offered);
            case RoundEvent.StopAsked stop -> Step.of(new Saving(course.stopping(stop.reason())));
            case RoundEvent.Ending ending -> Ended.by(course, ending);
            case RoundEvent.OfSelection _,
                    RoundEvent.OfMasking _,
                    RoundEvent.OfModel _,
                    RoundEvent.OfRecord _,
                    RoundEvent.Woke _ -> stay();
        };
    }
}
