package io.nsfl.coordinator.round;

import io.nsfl.protocol.fault.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Waits for clients. Asks for as many as the job wants; after some patience the threshold is enough. Asks again, slower and slower,
 * until the round's time is over: clients reconnect by themselves. Clients that others do not mask with are left out while the threshold
 * can be had without them.
 *
 * @param avoid clients that failed in an earlier attempt: only if the others do not suffice
 */
public record Selecting(Course course, WorkId id, SortedSet<String> avoid, Instant since, int refusals)
        implements RoundPhase {
    /** How long a round waits for the last of its clients before it begins with fewer. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    /** The same when the round before was short of clients already, or some are excluded. */
    static final Duration SHORT_PATIENCE = Duration.ofSeconds(1);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    static Step nextRound(Course course, Instant now) {
        Course next = course.nextRound();
        return begin(next, WorkId.train(next.round()), Collections.emptySortedSet(), now);
    }

    static Step evaluation(Course course, Instant now) {
        return begin(course, WorkId.evaluate(course.committedRound()), Collections.emptySortedSet(), now);
    }

    /** Also how a run resumes that stopped between two attempts. */
    public static Step begin(Course course, WorkId work, SortedSet<String> avoid, Instant now) {
        Selecting selecting = new Selecting(course, work, avoid, now, 0);
        return Step.of(selecting, selecting.reserve(now));
    }

    @Override
    public Optional<WorkId> work() {
        return Optional.of(id);
    }

    @Override
    public Step on(RoundEvent event, Instant now) {
        return switch (event) {
            case RoundEvent.Selected selected
            when selected.work().equals(id) ->
                Opening.begin(course.staffedBy(selected.roster().size()), id, selected.roster());
            case RoundEvent.SelectionRefused refused when refused.work().equals(id) -> refused(refused, now);
            case RoundEvent.Woke _ -> stay(reserve(now));
            case RoundEvent.Offered offered -> tooLate(offered);
            case RoundEvent.StopAsked stop -> Finishing.stop(course, id, Collections.emptySortedSet(), stop.reason());
            case RoundEvent.Ending ending -> Ended.by(course, ending);
            case RoundEvent.OfSelection _, RoundEvent.OfMasking _, RoundEvent.OfModel _, RoundEvent.OfRecord _ ->
                stay();
        };
    }

    private Step refused(RoundEvent.SelectionRefused refused, Instant now) {
        if (refused.fault() == Fault.STALE_RUN) {
            return Ended.superseded(course, refused.reason());
        }
        if (refused.fault() == Fault.PRIVACY_BUDGET_EXCEEDED) {
            return spent(refused.reason());
        }
        if (!now.isBefore(since.plus(course.rules().roundTimeout()))) {
            String reason = "No clients could be had: " + refused.reason();
            return id.trains() ? Failed.giveUp(course, id, reason) : Evaluating.failed(course, id, reason);
        }
        Instant enough = since.plus(patience());
        boolean tooFew = refused.fault() == Fault.CLIENTS_INSUFFICIENT && !now.isBefore(enough);
        Selecting waiting = new Selecting(tooFew ? course.readmitting() : course, id, avoid, since, refusals + 1);
        Instant again = now.plus(pause(refusals));
        // At the moment from which fewer clients are enough, nobody should sleep.
        Instant wake = now.isBefore(enough) && again.isAfter(enough) ? enough : again;
        Step step = Step.of(waiting, new Effect.WakeAt(wake));
        return refusals > 0
                ? step
                : step.after(Effect.Announce.about(id, "WARNING", refused.fault(), refused.reason()));
    }

    /** The job has what it wanted for what it was willing to give away. */
    private Step spent(String reason) {
        boolean none = course.committedCount() == 0;
        String told =
                none ? reason + "." : reason + "; the model of round " + course.committedRound() + " is the last.";
        return Finishing.begin(course, none ? RunState.FAILED : RunState.FINISHED, told)
                .after(Effect.Announce.about(id, "PRIVACY_BUDGET_SPENT", Fault.PRIVACY_BUDGET_EXCEEDED, told));
    }

    private Effect reserve(Instant now) {
        boolean patient = now.isBefore(since.plus(patience()));
        RoundRules rules = course.rules();
        return new Effect.Reserve(
                id, rules.wanted(), patient ? rules.clientNum() : rules.threshold(), avoid, course.excludedNow());
    }

    private Duration patience() {
        return course.shortHanded() || !course.excludedNow().isEmpty() ? SHORT_PATIENCE : PATIENCE;
    }

    private static Duration pause(int refusals) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(refusals, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
