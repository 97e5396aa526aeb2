package io.nsfl.coordinator.round;

import java.time.Instant;
import java.util.Optional;
import java.util.TreeSet;

/** The new model becomes durable; only then is it believed and are the clients told. */
public record Committing(Course course, WorkId id, Attendance attendance) implements RoundPhase {
    static Step begin(Course course, WorkId work, Attendance attendance) {
        return Step.of(
                new Committing(course, work, attendance),
                new Effect.Commit(work, attendance.counted(), attendance.tally()));
    }

    @Override
    public Optional<WorkId> work() {
        return Optional.of(id);
    }

    @Override
    public Step on(RoundEvent event, Instant now) {
        return switch (event) {
            case RoundEvent.Committed committed when committed.work().equals(id) -> committed(now);
            case RoundEvent.Offered offered -> late(this, id, attendance, offered);
            case RoundEvent.StopAsked stop -> Step.of(new Committing(course.stopping(stop.reason()), id, attendance));
            case RoundEvent.Ending ending -> Ended.by(course, ending);
            case RoundEvent.OfSelection _,
                    RoundEvent.OfMasking _,
                    RoundEvent.OfModel _,
                    RoundEvent.OfRecord _,
                    RoundEvent.Woke _ -> stay();
        };
    }

    private Step committed(Instant now) {
        TreeSet<String> included = new TreeSet<>(attendance.counted().keySet());
        return Turn.next(course.committed(), now)
                .after(
                        new Effect.Settle(id, included),
                        Effect.Announce.about(
                                id,
                                "ROUND_COMMITTED",
                                included.size() + " of " + attendance.size() + " clients are included."));
    }

    /** A result after the set was closed: a repeat is answered as before, anything else is too late. */
    static Step late(RoundPhase phase, WorkId work, Attendance attendance, RoundEvent.Offered offered) {
        return offered.offer().work().equals(work)
                ? attendance
                        .of(offered.offer().client())
                        .filter(standing -> standing.counted().isPresent())
                        .map(standing -> Repeats.answer(phase, offered.offer(), standing))
                        .orElseGet(() -> phase.tooLate(offered))
                : phase.tooLate(offered);
    }
}
