package io.nsfl.coordinator.round;

import io.nsfl.coordinator.round.RoundEvent.Offered;
import io.nsfl.protocol.fault.Fault;
import java.time.Instant;
import java.util.Optional;

/**
 * Where a run is. A phase is a value and {@link #on} a pure decision: no clock, no I/O, no randomness; the driver performs the effects
 * and brings their answers back as events.
 *
 * <pre>
 * Selecting -> Opening -> Collecting -> Aggregating -> Committing --+--> Selecting (evaluation) -> Opening -> Evaluating --+
 *     |           |           |              |                       |                                                      |
 *     +-----------+-----------+--------------+--> Failed             +--> Saving --+--> Selecting (next round)  <-----------+
 *                                                                                  +--> Finishing -> Ended
 * </pre>
 *
 * Where results are masked, Readying and Masking, as often as it takes, stand in the place of Collecting, and in that of Evaluating.
 *
 * An asynchronous run has one phase for all of its models, {@link Buffering}, with its evaluations inside.
 */
public sealed interface RoundPhase
        permits Selecting,
                Opening,
                Gathering,
                Masking,
                Aggregating,
                Committing,
                Failed,
                Saving,
                Buffering,
                Finishing,
                Ended {
    /** What survives from one phase to the next. */
    Course course();

    /** The work this phase is about; empty at the end. */
    Optional<WorkId> work();

    /** Whether this work is still of interest. */
    default boolean concerns(WorkId work) {
        return work().filter(work::equals).isPresent();
    }

    /** Decides. An event that does not concern the phase changes nothing. */
    Step on(RoundEvent event, Instant now);

    /** For people. */
    default String title() {
        return getClass().getSimpleName();
    }

    /** The event is of no concern now. */
    default Step stay(Effect... effects) {
        return Step.of(this, effects);
    }

    /** A result that nobody waits for. */
    default Step tooLate(Offered offered) {
        return stay(new Effect.Answer(
                offered.offer(),
                new Rejection(
                                Fault.UPDATE_TOO_LATE,
                                "Round %d, attempt %d takes no results any more; drop this one."
                                        .formatted(
                                                offered.offer().work().round(),
                                                offered.offer().work().attempt()))
                        .receipt()));
    }
}
