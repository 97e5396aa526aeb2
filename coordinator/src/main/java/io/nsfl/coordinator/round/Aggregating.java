package io.nsfl.coordinator.round;

import java.time.Instant;
import java.util.Optional;

/** The set is closed: it is journalled and becomes the new model. A stop waits for that, it is nearly done. */
public record Aggregating(Course course, WorkId id, Attendance attendance) implements RoundPhase {
    static Step begin(Course course, WorkId work, Attendance attendance) {
        return Step.of(new Aggregating(course, work, attendance), new Effect.Aggregate(work, attendance.counted()));
    }

    @Override
    public Optional<WorkId> work() {
        return Optional.of(id);
    }

    @Override
    public Step on(RoundEvent event, Instant now) {
        return switch (event) {
            case RoundEvent.Aggregated aggregated
            when aggregated.work().equals(id) -> Committing.begin(course, id, attendance);
            case RoundEvent.AggregationRefused refused
            when refused.work().equals(id) ->
                Failed.attempt(course, id, refused.rejection().message(), attendance, now);
            case RoundEvent.Offered offered -> Committing.late(this, id, attendance, offered);
            case RoundEvent.StopAsked stop -> Step.of(new Aggregating(course.stopping(stop.reason()), id, attendance));
            case RoundEvent.Ending ending -> Ended.by(course, ending);
            case RoundEvent.OfSelection _,
                    RoundEvent.OfMasking _,
                    RoundEvent.OfModel _,
                    RoundEvent.OfRecord _,
                    RoundEvent.Woke _ -> stay();
        };
    }
}
