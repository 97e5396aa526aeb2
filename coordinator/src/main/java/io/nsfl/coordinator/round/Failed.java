package io.nsfl.coordinator.round;

import io.nsfl.protocol.fault.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;

/**
 * An attempt failed. The round is tried again, other clients preferred, after a pause; the third time it is skipped.
 *
 * @param retryAt empty = the round is given up
 * @param noted the failure is durable
 */
public record Failed(
        Course course, WorkId id, String reason, SortedSet<String> avoid, Optional<Instant> retryAt, boolean noted)
        implements RoundPhase {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    static Step attempt(Course course, WorkId work, String reason, Attendance attendance, Instant now) {
        Ending ending = new Ending(
                attendance.clients(_ -> true),
                attendance.unreliable(),
                attendance.outOfRange() > 0,
                attendance.tally());
        return attempt(course, work, reason, ending, now);
    }

    /** Nobody was told of the work, and nobody is to blame. */
    static Step unopened(Course course, WorkId work, String reason, SortedSet<String> roster, Instant now) {
        Ending ending = new Ending(roster, Collections.emptySortedSet(), false, new RoundTally(roster.size(), 0, 0));
        return attempt(course, work, reason, ending, now);
    }

    /** @param avoid whom another attempt had better do without @param widen the fold needs a wider range */
    private record Ending(SortedSet<String> everybody, SortedSet<String> avoid, boolean widen, RoundTally tally) {}

    private static Step attempt(Course course, WorkId work, String reason, Ending ending, Instant now) {
        Effect dismiss = new Effect.Dismiss(work, ending.everybody(), "The attempt failed: " + reason + ".");
        if (work.attempt() >= RoundRules.MAX_ATTEMPTS) {
            return giveUp(course, work, reason, ending.tally()).after(dismiss);
        }
        Instant retryAt = now.plus(PAUSE.multipliedBy(work.attempt()));
        return Step.of(
                new Failed(course, work, reason, ending.avoid(), Optional.of(retryAt), false),
                dismiss,
                Effect.Announce.about(
                        work, "ROUND_RETRIED", Fault.ROUND_FAILED, "The round is tried again: " + reason + "."),
                new Effect.NoteFailedAttempt(work, reason, ending.avoid(), ending.widen()));
    }

    /** No attempt is worth making. */
    static Step giveUp(Course course, WorkId work, String reason) {
        return giveUp(course, work, reason, new RoundTally(0, 0, 0));
    }

    private static Step giveUp(Course course, WorkId work, String reason, RoundTally tally) {
        return Step.of(
                new Failed(course, work, reason, Collections.emptySortedSet(), Optional.empty(), false),
                Effect.Announce.about(
                        work, "ROUND_SKIPPED", Fault.ROUND_FAILED, "The round is skipped: " + reason + "."),
                new Effect.NoteSkipped(work, reason, tally));
    }

    @Override
    public Optional<WorkId> work() {
        return Optional.of(id);
    }

    @Override
    public Step on(RoundEvent event, Instant now) {
        return switch (event) {
            case RoundEvent.Noted done when done.work().equals(id) && !noted -> noted(now);
            case RoundEvent.Woke _ -> noted ? retryWhenDue(now) : stay();
            case RoundEvent.Offered offered -> tooLate(offered);
            case RoundEvent.StopAsked stop -> Finishing.stop(course, id, Collections.emptySortedSet(), stop.reason());
            case RoundEvent.Ending ending -> Ended.by(course, ending);
            case RoundEvent.OfSelection _, RoundEvent.OfMasking _, RoundEvent.OfModel _, RoundEvent.OfRecord _ ->
                stay();
        };
    }

    private Step noted(Instant now) {
        return retryAt.isEmpty()
                ? Turn.next(course.skipped(reason), now)
                : new Failed(course, id, reason, avoid, retryAt, true).retryWhenDue(now);
    }

    private Step retryWhenDue(Instant now) {
        Instant due = retryAt.orElse(now);
        return now.isBefore(due)
                ? Step.of(this, new Effect.WakeAt(due))
                : Selecting.begin(course, id.nextAttempt(), avoid, now);
    }
}
