package io.nsfl.coordinator.round;

import io.nsfl.coordinator.round.Attendance.Place;
import io.nsfl.coordinator.round.Attendance.Standing;
import io.nsfl.coordinator.round.RoundEvent.Offer;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Takes measurements of the committed model in. Its end, good or bad, is journalled and the run goes on: a failed evaluation is an
 * event and never a failed round.
 *
 * @param measured set once the end is decided and being journalled; an empty map = the evaluation failed
 */
public record Evaluating(
        Course course,
        WorkId id,
        Attendance attendance,
        Instant openedAt,
        Instant deadline,
        Optional<Instant> thresholdAt,
        Optional<SortedMap<String, Double>> measured)
        implements Gathering {
    static Step begin(Course course, WorkId work, Attendance attendance, Instant now, Instant deadline) {
        return Step.of(
                new Evaluating(course, work, attendance, now, deadline, Optional.empty(), Optional.empty()),
                new Effect.Assign(work, attendance.clients(_ -> true), deadline),
                new Effect.WakeAt(deadline));
    }

    /** An evaluation that could not even begin. */
    static Step failed(Course course, WorkId work, String reason) {
        return new Evaluating(
                        course,
                        work,
                        Attendance.asked(Collections.emptySortedSet()),
                        Instant.EPOCH,
                        Instant.EPOCH,
                        Optional.empty(),
                        Optional.empty())
                .fail(reason);
    }

    /** A masked evaluation has its sum. */
    static Step summed(
            Course course, WorkId work, Attendance attendance, SortedMap<String, Double> metrics, Instant now) {
        return new Evaluating(course, work, attendance, now, now, Optional.empty(), Optional.empty()).close(metrics);
    }

    @Override
    public Step on(RoundEvent event, Instant now) {
        return switch (event) {
            case RoundEvent.Noted noted
            when noted.work().equals(id) && measured.isPresent() ->
                Turn.next(course.evaluated(id.round(), measured.get()), now);
            case RoundEvent.Offered offered -> measured.isPresent() ? tooLate(offered) : offered(offered, now);
            case RoundEvent.LeaseChanged changed
            when changed.work().equals(id) && measured.isEmpty() -> leaseChanged(changed, now);
            case RoundEvent.Woke _ -> measured.isPresent() ? stay() : decide(now);
            case RoundEvent.StopAsked stop -> Finishing.stop(course, id, attendance.clients(_ -> true), stop.reason());
            case RoundEvent.Ending ending -> Ended.by(course, ending);
            case RoundEvent.OfSelection _, RoundEvent.OfMasking _, RoundEvent.OfModel _, RoundEvent.OfRecord _ ->
                stay();
        };
    }

    @Override
    public Step takeIn(Offer offer, Instant now) {
        Counted counted = new Counted(offer.digest(), offer.weight(), offer.metrics());
        Standing standing =
                new Standing(Place.COUNTED, Optional.of(offer.digest()), Optional.of(counted), Optional.empty());
        return with(offer.client(), standing).reached(now).decide(now).after(new Effect.Answer(offer, Repeats.HELD));
    }

    @Override
    public Step decide(Instant now) {
        int valid = attendance.valid();
        return switch (course.rules().quorum().decide(valid, attendance.open(), openedAt, thresholdAt, deadline, now)) {
            case Quorum.Verdict.Close _ ->
                close(EvaluationMerge.merge(attendance.counted().values()));
            case Quorum.Verdict.Fail failed -> fail(failed.reason());
            case Quorum.Verdict.Wait wait -> stay(new Effect.WakeAt(wait.until()));
        };
    }

    private Step close(SortedMap<String, Double> merged) {
        SortedSet<String> included = new TreeSet<>(attendance.counted().keySet());
        Step step = Step.of(
                ending(merged),
                new Effect.NoteEvaluation(id, attendance.counted(), Optional.empty()),
                new Effect.Settle(id, included));
        return course.rules()
                .earlyStop()
                .filter(rule -> !merged.containsKey(rule.metric()))
                .map(rule -> step.after(Effect.Announce.about(
                        id,
                        "WARNING",
                        "The early stop watches " + rule.metric() + ", which no client reported; it does not count.")))
                .orElse(step);
    }

    private Step fail(String reason) {
        return Step.of(
                ending(Collections.emptySortedMap()),
                Effect.Announce.about(id, "EVALUATION_FAILED", "The evaluation failed: " + reason + "."),
                new Effect.NoteEvaluation(id, Collections.emptySortedMap(), Optional.of(reason)),
                new Effect.Settle(id, Collections.emptySortedSet()));
    }

    private Evaluating ending(SortedMap<String, Double> merged) {
        return new Evaluating(course, id, attendance, openedAt, deadline, thresholdAt, Optional.of(merged));
    }

    @Override
    public Evaluating with(String client, Standing standing) {
        return new Evaluating(course, id, attendance.with(client, standing), openedAt, deadline, thresholdAt, measured);
    }

    private Evaluating reached(Instant now) {
        boolean first =
                thresholdAt.isEmpty() && attendance.valid() >= course.rules().threshold();
        return first ? new Evaluating(course, id, attendance, openedAt, deadline, Optional.of(now), measured) : this;
    }
}
