package io.nsfl.coordinator.round;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/** The run ends in order: a model that was committed and not saved is saved, then everything is released and written. */
public record Finishing(Course course, RunState state, String reason) implements RoundPhase {
    static Step begin(Course course, RunState state, String reason) {
        Finishing finishing = new Finishing(course, state, reason);
        return course.savedRound() < course.committedRound()
                ? Step.of(finishing, new Effect.SaveCheckpoint(course.committedRound()))
                : Step.of(finishing, new Effect.Finish(state, reason));
    }

    /** Somebody asked, in the middle of some work. */
    static Step stop(Course course, WorkId work, SortedSet<String> clients, String reason) {
        Step step = begin(course.stopping(reason), RunState.STOPPED, reason);
        return clients.isEmpty() ? step : step.after(new Effect.Dismiss(work, clients, "The job is being stopped."));
    }

    @Override
    public Optional<WorkId> work() {
        return Optional.empty();
    }

    @Override
    public Step on(RoundEvent event, Instant now) {
        return switch (event) {
            case RoundEvent.CheckpointSaved _ ->
                Step.of(new Finishing(course.saved(), state, reason), new Effect.Finish(state, reason));
            case RoundEvent.Finished _ -> Step.of(new Ended(course, Ended.How.COMPLETE, Optional.of(state), reason));
            case RoundEvent.Offered offered -> tooLate(offered);
            case RoundEvent.Ending ending -> Ended.by(course, ending);
            case RoundEvent.OfSelection _,
                    RoundEvent.OfMasking _,
                    RoundEvent.OfModel _,
                    RoundEvent.OfRecord _,
                    RoundEvent.StopAsked _,
                    RoundEvent.Woke _ -> stay();
        };
    }
}
