package io.nsfl.coordinator.round;

import io.nsfl.coordinator.round.Attendance.Place;
import io.nsfl.coordinator.round.Attendance.Standing;
import io.nsfl.coordinator.round.RoundEvent.Offer;
import io.nsfl.protocol.fault.Fault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * An asynchronous run: clients train all the time, each on the newest model when it is asked, and every {@link BufferRules#size} updates
 * make a new one, weighted by how many models were committed since theirs (FedBuff).
 *
 * <p>A model's number is its round. {@code course.round()} is the last one that was settled; the one that is being made is the next. An
 * evaluation or a checkpoint holds the next commit back, not the clients.
 *
 * @param aside the evaluation that is being played
 * @param doing what the disk is busy with
 * @param begun number of the model whose buffer was begun last; 0 = none
 * @param since when that was
 * @param asked clients asked since then
 * @param failed tasks that failed since then
 */
public record Buffering(
        Course course,
        BufferRules rules,
        Waves waves,
        List<Buffered> buffer,
        List<Offer> queue,
        Optional<Offer> folding,
        Asking asking,
        Optional<Aside> aside,
        Doing doing,
        int begun,
        Instant since,
        int asked,
        int failed)
        implements RoundPhase {
    /** What the disk is busy with. */
    enum Doing {
        /** Nothing that would hold anything back. */
        TAKING,
        COMMITTING,
        SAVING,
        SKIPPING
    }

    /**
     * Begins, or goes on after a restart: what was under way is given back and asked for again.
     *
     * @param course its round is the last one that was settled
     * @param nextAttempt number of the next wave: above all that were journalled
     */
    public static Step begin(Course course, BufferRules rules, int nextAttempt, boolean again, Instant now) {
        Buffering begun = new Buffering(
                course,
                rules,
                Waves.none(),
                List.of(),
                List.of(),
                Optional.empty(),
                Asking.from(nextAttempt),
                Optional.empty(),
                Doing.TAKING,
                0,
                now,
                0,
                0);
        List<Effect> effects = new ArrayList<>();
        if (again) {
            effects.add(new Effect.Forsake());
        }
        return new BufferTurn(begun, now).onward(effects);
    }

    /** Number of the model that is being made. */
    int filling() {
        return course.round() + 1;
    }

    @Override
    public Optional<WorkId> work() {
        return Optional.of(WorkId.train(filling()));
    }

    @Override
    public boolean concerns(WorkId work) {
        return waves.of(work).isPresent()
                || asking.asked().filter(work::equals).isPresent()
                || aside.filter(evaluation -> evaluation.phase().concerns(work)).isPresent();
    }

    @Override
    public Step on(RoundEvent event, Instant now) {
        BufferTurn then = new BufferTurn(this, now);
        return switch (event) {
            case RoundEvent.Ending ending -> Ended.by(course, ending);
            case RoundEvent.StopAsked stop -> then.stop(stop.reason());
            case RoundEvent.Woke woke -> then.woke(woke);
            case RoundEvent.Selected selected when selected.work().trains() -> then.selected(selected);
            case RoundEvent.SelectionRefused refused when refused.work().trains() -> then.refused(refused);
            case RoundEvent.Opened opened when opened.work().trains() -> then.opened(opened);
            case RoundEvent.Offered offered when offered.offer().work().trains() -> offered(offered, now);
            case RoundEvent.LeaseChanged changed when changed.work().trains() -> leaseChanged(changed, now);
            case RoundEvent.Folded folded -> then.folded(folded);
            case RoundEvent.Committed committed -> then.committed();
            case RoundEvent.AggregationRefused refused ->
                then.skip(refused.rejection().message());
            case RoundEvent.Noted noted when noted.work().trains() -> then.skipped();
            case RoundEvent.CheckpointSaved _ -> then.saved();
            case RoundEvent.Selected _,
                    RoundEvent.SelectionRefused _,
                    RoundEvent.Opened _,
                    RoundEvent.Offered _,
                    RoundEvent.LeaseChanged _,
                    RoundEvent.Noted _ -> aside.isPresent() ? then.aside(event) : unexpected(event);
            case RoundEvent.OfMasking _, RoundEvent.OpeningRefused _, RoundEvent.Aggregated _, RoundEvent.Finished _ ->
                stay();
        };
    }

    private Step unexpected(RoundEvent event) {
        return event instanceof RoundEvent.Offered offered ? tooLate(offered) : stay();
    }

    private Step offered(RoundEvent.Offered offered, Instant now) {
        Offer offer = offered.offer();
        Optional<Standing> standing =
                waves.of(offer.work()).flatMap(wave -> wave.attendance().of(offer.client()));
        if (standing.isEmpty()) {
            return tooLate(offered);
        }
        BufferTurn then = new BufferTurn(this, now);
        return switch (standing.get().place()) {
            case ASKED, WORKING, READY, LOST, REFUSED ->
                offer.failure().map(failure -> then.taskFailed(offer, failure)).orElseGet(() -> then.delivered(offer));
            case DELIVERED, COUNTED, REJECTED, FAILED, LEFT_OUT -> Repeats.answer(this, offer, standing.get());
        };
    }

    private Step leaseChanged(RoundEvent.LeaseChanged changed, Instant now) {
        return waves.of(changed.work())
                .flatMap(wave -> wave.attendance().of(changed.client()))
                .flatMap(standing -> Leases.change(changed, standing.place()))
                .map(place -> new BufferTurn(this, now).moved(changed, place))
                .orElseGet(this::stay);
    }

    /** Which of a work's clients are in the buffer. */
    SortedSet<String> buffered(WorkId work) {
        SortedSet<String> clients = new TreeSet<>();
        buffer.stream().filter(update -> update.work().equals(work)).forEach(update -> clients.add(update.client()));
        return clients;
    }

    RoundTally tally() {
        return new RoundTally(asked, buffer.size(), failed);
    }

    /** Why an update of this work is of no use any more; empty = it is. */
    Optional<Rejection> stale(WorkId work) {
        int staleness = filling() - work.round();
        return staleness <= rules.maxStaleness()
                ? Optional.empty()
                : Optional.of(new Rejection(
                        Fault.UPDATE_TOO_LATE,
                        "The update was made on a model since which " + staleness + " newer ones were made; at most "
                                + rules.maxStaleness() + " are allowed."));
    }

    // Copies that change one thing.

    Buffering with(Course next) {
        return copy(next, waves, buffer, queue, folding, asking, aside, doing);
    }

    Buffering with(Waves next) {
        return copy(course, next, buffer, queue, folding, asking, aside, doing);
    }

    Buffering with(Asking next) {
        return copy(course, waves, buffer, queue, folding, next, aside, doing);
    }

    Buffering with(Optional<Aside> next) {
        return copy(course, waves, buffer, queue, folding, asking, next, doing);
    }

    Buffering with(Doing next) {
        return copy(course, waves, buffer, queue, folding, asking, aside, next);
    }

    Buffering queued(Collection<Offer> waiting, Optional<Offer> inFold) {
        return copy(course, waves, buffer, List.copyOf(waiting), inFold, asking, aside, doing);
    }

    Buffering buffered(Collection<Buffered> updates) {
        return copy(course, waves, List.copyOf(updates), queue, folding, asking, aside, doing);
    }

    Buffering counting(int moreAsked, int moreFailed) {
        return new Buffering(
                course,
                rules,
                waves,
                buffer,
                queue,
                folding,
                asking,
                aside,
                doing,
                begun,
                since,
                asked + moreAsked,
                failed + moreFailed);
    }

    /** The next model is begun. */
    Buffering anew(Instant now) {
        // The first one after a restart goes on with the numbers that are not taken.
        Asking next = begun == 0 ? asking : asking.anew();
        return new Buffering(course, rules, waves, buffer, queue, folding, next, aside, doing, filling(), now, 0, 0);
    }

    private Buffering copy(
            Course course,
            Waves waves,
            List<Buffered> buffer,
            List<Offer> queue,
            Optional<Offer> folding,
            Asking asking,
            Optional<Aside> aside,
            Doing doing) {
        return new Buffering(
                course, rules, waves, buffer, queue, folding, asking, aside, doing, begun, since, asked, failed);
    }

    Buffering with(WorkId work, String client, Standing standing) {
        return with(waves.with(work, client, standing));
    }

    static Standing at(Place place, Offer offer) {
        return new Standing(place, Optional.of(offer.digest()), Optional.empty(), Optional.empty());
    }
}
