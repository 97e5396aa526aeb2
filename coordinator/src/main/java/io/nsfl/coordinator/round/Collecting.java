package io.nsfl.coordinator.round;

import io.nsfl.coordinator.round.Attendance.Place;
import io.nsfl.coordinator.round.Attendance.Standing;
import io.nsfl.coordinator.round.RoundEvent.Offer;
import io.nsfl.protocol.fault.Fault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Takes updates in, one at a time, until {@link Quorum} says that they are enough or never will be.
 *
 * <p>An update that is being folded cannot be taken out again, so nothing is decided while one is; updates that still wait when the
 * round closes are dropped.
 *
 * @param queue updates that wait for the fold, in order of arrival
 * @param folding the update in the fold
 * @param thresholdAt when the threshold was reached
 */
public record Collecting(
        Course course,
        WorkId id,
        Attendance attendance,
        Quorum quorum,
        Instant openedAt,
        Instant deadline,
        List<Offer> queue,
        Optional<Offer> folding,
        Optional<Instant> thresholdAt)
        implements Gathering {
    static Step begin(
            Course course,
            WorkId work,
            Attendance attendance,
            Optional<SortedSet<String>> only,
            Instant now,
            Instant deadline) {
        Attendance counting = only.map(attendance::only).orElse(attendance);
        SortedSet<String> asked = counting.clients(Place::open);
        SortedSet<String> leftOut = counting.clients(place -> place == Place.LEFT_OUT);
        Collecting collecting = new Collecting(
                course,
                work,
                counting,
                only.isPresent()
                        ? sameSetAgain(course.rules(), asked.size())
                        : course.rules().quorum(),
                now,
                deadline,
                List.of(),
                Optional.empty(),
                Optional.empty());
        Step step = Step.of(collecting, new Effect.Assign(work, asked, deadline), new Effect.WakeAt(deadline));
        return leftOut.isEmpty()
                ? step
                : step.after(new Effect.Dismiss(work, leftOut, "The round was closed without this update."));
    }

    /** A set that was closed once is wanted whole; only the round's time ends the wait for it. */
    private static Quorum sameSetAgain(RoundRules rules, int size) {
        return new Quorum(size, Math.min(rules.threshold(), size), Optional.of(rules.roundTimeout()));
    }

    @Override
    public Step on(RoundEvent event, Instant now) {
        return switch (event) {
            case RoundEvent.Offered offered -> offered(offered, now);
            case RoundEvent.Folded folded when folded.work().equals(id) -> folded(folded, now);
            case RoundEvent.LeaseChanged changed when changed.work().equals(id) -> leaseChanged(changed, now);
            case RoundEvent.Woke _ -> decide(now);
            case RoundEvent.StopAsked stop ->
                Finishing.stop(course, id, attendance.clients(_ -> true), stop.reason())
                        .after(dropQueue());
            case RoundEvent.Ending ending -> Ended.by(course, ending);
            case RoundEvent.OfSelection _, RoundEvent.OfMasking _, RoundEvent.OfModel _, RoundEvent.OfRecord _ ->
                stay();
        };
    }

    @Override
    public Step takeIn(Offer offer, Instant now) {
        return enqueue(offer).decide(now);
    }

    private Collecting enqueue(Offer offer) {
        List<Offer> longer = new ArrayList<>(queue);
        longer.add(offer);
        Standing delivered =
                new Standing(Place.DELIVERED, Optional.of(offer.digest()), Optional.empty(), Optional.empty());
        return with(offer.client(), delivered).queued(longer, folding);
    }

    private Step folded(RoundEvent.Folded folded, Instant now) {
        if (folding.isEmpty() || !folding.get().client().equals(folded.client())) {
            return stay();
        }
        Offer offer = folding.get();
        Collecting idle = queued(queue, Optional.empty());
        if (folded.rejection().isPresent()) {
            Rejection rejection = folded.rejection().get();
            Standing rejected =
                    new Standing(Place.REJECTED, Optional.of(offer.digest()), Optional.empty(), folded.rejection());
            return idle.with(offer.client(), rejected)
                    .decide(now)
                    .after(
                            new Effect.Answer(offer, rejection.receipt()),
                            Effect.Announce.client(id, "UPDATE_REJECTED", offer.client(), rejection));
        }
        Counted counted = new Counted(offer.digest(), offer.weight(), offer.metrics());
        Standing included =
                new Standing(Place.COUNTED, Optional.of(offer.digest()), Optional.of(counted), Optional.empty());
        return idle.with(offer.client(), included)
                .reached(now)
                .decide(now)
                .after(
                        new Effect.Answer(offer, Repeats.HELD),
                        Effect.Announce.client(
                                id, "UPDATE_INCLUDED", offer.client(), "Counts with weight " + offer.weight() + "."));
    }

    @Override
    public Step decide(Instant now) {
        if (folding.isPresent()) {
            return stay();
        }
        if (manyOutOfRange()) {
            return fail(
                    "%d of %d updates were out of the fold's range"
                            .formatted(attendance.outOfRange(), attendance.size()),
                    now);
        }
        int valid = attendance.valid();
        return switch (quorum.decide(valid, attendance.open(), openedAt, thresholdAt, deadline, now)) {
            case Quorum.Verdict.Close _ -> close();
            case Quorum.Verdict.Fail failed -> fail(failed.reason(), now);
            case Quorum.Verdict.Wait wait -> foldNext().after(new Effect.WakeAt(wait.until()));
        };
    }

    private boolean manyOutOfRange() {
        return 2 * attendance.outOfRange() >= attendance.size() && id.attempt() < RoundRules.MAX_ATTEMPTS;
    }

    private Step foldNext() {
        if (queue.isEmpty()) {
            return stay();
        }
        Offer next = queue.getFirst();
        return Step.of(queued(queue.subList(1, queue.size()), Optional.of(next)), new Effect.Fold(next));
    }

    private Step close() {
        SortedSet<String> unneeded = attendance.clients(Place::open);
        Step step = Aggregating.begin(course, id, attendance).after(dropQueue());
        return unneeded.isEmpty()
                ? step
                : step.after(new Effect.Dismiss(id, unneeded, "The round is closed: enough others delivered."));
    }

    private Step fail(String reason, Instant now) {
        return Failed.attempt(course, id, reason, attendance, now).after(dropQueue());
    }

    private List<Effect> dropQueue() {
        Rejection late = new Rejection(Fault.UPDATE_TOO_LATE, "The round closed before this update's turn came.");
        return queue.stream()
                .<Effect>map(offer -> new Effect.Answer(offer, late.receipt()))
                .toList();
    }

    @Override
    public Collecting with(String client, Standing standing) {
        return new Collecting(
                course, id, attendance.with(client, standing), quorum, openedAt, deadline, queue, folding, thresholdAt);
    }

    private Collecting queued(List<Offer> waiting, Optional<Offer> inFold) {
        return new Collecting(
                course, id, attendance, quorum, openedAt, deadline, List.copyOf(waiting), inFold, thresholdAt);
    }

    private Collecting reached(Instant now) {
        boolean first = thresholdAt.isEmpty() && attendance.valid() >= quorum.threshold();
        return first
                ? new Collecting(course, id, attendance, quorum, openedAt, deadline, queue, folding, Optional.of(now))
                : this;
    }
}
