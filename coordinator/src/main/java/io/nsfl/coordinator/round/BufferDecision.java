package io.nsfl.coordinator.round;

import io.nsfl.coordinator.round.Attendance.Place;
import io.nsfl.coordinator.round.Attendance.Standing;
import io.nsfl.coordinator.round.Buffering.Doing;
import io.nsfl.coordinator.round.RoundEvent.Offer;
import io.nsfl.protocol.fault.Fault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A decision of a {@link Buffering} run in the making: where the run stands, what is to be done, and what follows from it once an event
 * has changed it ({@link BufferTurn}). Lives for one event.
 */
abstract sealed class BufferDecision permits BufferTurn {
    final Instant now;
    final List<Effect> effects = new ArrayList<>();
    Buffering run;

    BufferDecision(Buffering run, Instant now) {
        this.run = run;
        this.now = now;
    }

    /** A model was settled, evaluated or saved, or the run begins: what is due by the course, before anything is taken in again. */
    final Step onward(List<Effect> first) {
        effects.addAll(0, first);
        switch (Turn.due(run.course())) {
            case Turn.Due.Finish finish -> {
                return finish(finish.state(), finish.reason());
            }
            case Turn.Due.Evaluate _ -> {
                Aside.Progress begun = Aside.begin(run.course(), now);
                effects.addAll(begun.effects());
                run = run.with(Optional.of(begun.aside()));
            }
            case Turn.Due.Save _ -> {
                effects.add(new Effect.SaveCheckpoint(run.course().committedRound()));
                run = run.with(Doing.SAVING);
            }
            case Turn.Due.NextRound _ -> {}
        }
        if (beginsNext()) {
            effects.add(new Effect.BeginBuffer(run.rules().size(), false));
            run = run.anew(now);
        } else if (lastIsMade()) {
            dismissAll("The last model is made.");
        }
        return decide();
    }

    private boolean lastIsMade() {
        return run.course().rules().last(run.course().round());
    }

    /** Whether the model after the one that was just settled is not begun yet. */
    private boolean beginsNext() {
        return !lastIsMade() && run.begun() != run.filling();
    }

    final Step decide() {
        dropStale();
        expire();
        if (run.doing() == Doing.TAKING && run.folding().isEmpty() && !lastIsMade()) {
            if (run.buffer().size() < run.rules().size()) {
                Optional<String> hopeless = hopeless();
                if (hopeless.isPresent() && run.aside().isEmpty()) {
                    return skip(hopeless.get());
                }
                foldNext();
            } else if (run.aside().isEmpty()) {
                effects.add(new Effect.CommitBuffer(WorkId.train(run.filling()), run.buffer(), run.tally()));
                run = run.with(Doing.COMMITTING);
            }
        }
        freeThoseWhoWait();
        askForMore();
        return step();
    }

    /**
     * What is delivered while a full buffer is held back waits for the next one. Its clients do not: they keep the result and give up the
     * place that they trained in, which may be the very one that the evaluation waits for.
     */
    private void freeThoseWhoWait() {
        if (run.buffer().size() >= run.rules().size()) {
            run.queue().forEach(offer -> effects.add(new Effect.Answer(offer, Repeats.HELD)));
        }
    }

    /** The update counts for nothing; a client that was told to keep it hears of that too. */
    final void drop(Offer offer, Rejection why) {
        effects.add(new Effect.SettleSome(offer.work(), new TreeSet<>(List.of(offer.client())), false));
        effects.add(new Effect.Answer(offer, why.receipt()));
    }

    /** The model in the making is given up; what is in the buffer counts for nothing. */
    final Step skip(String reason) {
        WorkId work = WorkId.train(run.filling());
        effects.add(Effect.Announce.about(
                work, "ROUND_SKIPPED", Fault.ROUND_FAILED, "Model " + run.filling() + " is given up: " + reason + "."));
        effects.add(new Effect.NoteSkipped(work, reason, run.tally()));
        settle(false);
        run = run.with(run.course().inRound(run.filling()).skipped(reason))
                .buffered(List.of())
                .with(Doing.SKIPPING);
        return step();
    }

    private Optional<String> hopeless() {
        if (run.failed() >= run.rules().mostFailures()) {
            return Optional.of(run.failed() + " tasks failed, and only "
                    + run.buffer().size() + " of " + run.rules().size() + " updates came");
        }
        boolean late = !now.isBefore(run.since().plus(run.course().rules().roundTimeout()));
        return late
                ? Optional.of("its time ran out with " + run.buffer().size() + " of "
                        + run.rules().size() + " updates")
                : Optional.empty();
    }

    private void foldNext() {
        if (run.queue().isEmpty()) {
            return;
        }
        Offer next = run.queue().getFirst();
        effects.add(new Effect.FoldStale(next, run.filling() - next.work().round()));
        run = run.queued(run.queue().subList(1, run.queue().size()), Optional.of(next));
    }

    /** What waits and has become too old meanwhile. */
    private void dropStale() {
        List<Offer> fresh = new ArrayList<>();
        for (Offer offer : run.queue()) {
            Optional<Rejection> stale = run.stale(offer.work());
            if (stale.isEmpty()) {
                fresh.add(offer);
            } else {
                drop(offer, stale.get());
                effects.add(Effect.Announce.client(offer.work(), "UPDATE_DROPPED", offer.client(), stale.get()));
                run = run.with(offer.work(), offer.client(), Standing.at(Place.LEFT_OUT));
            }
        }
        run = run.queued(fresh, run.folding());
    }

    /** Waves whose time is over, that are too old, or that have nothing more to say. */
    private void expire() {
        List<WorkId> gone = new ArrayList<>();
        for (Wave wave : run.waves()
                .which(wave -> wave.over(now) || run.stale(wave.work()).isPresent())) {
            SortedSet<String> missing = wave.missing();
            if (!missing.isEmpty()) {
                effects.add(new Effect.Dismiss(wave.work(), missing, "The result is of no use any more."));
            }
            if (waitsForSettlement(wave.work())) {
                for (String client : missing) {
                    run = run.with(wave.work(), client, Standing.at(Place.LEFT_OUT));
                }
            } else {
                effects.add(new Effect.Close(wave.work()));
                gone.add(wave.work());
            }
        }
        if (!gone.isEmpty()) {
            run = run.with(run.waves().without(gone));
        }
    }

    private boolean waitsForSettlement(WorkId work) {
        return !run.buffered(work).isEmpty()
                || run.folding().filter(offer -> offer.work().equals(work)).isPresent()
                || run.queue().stream().anyMatch(offer -> offer.work().equals(work));
    }

    private void askForMore() {
        boolean evaluationWaits = run.aside().filter(Aside::selecting).isPresent();
        boolean busy = run.doing() == Doing.COMMITTING || run.doing() == Doing.SKIPPING;
        int wanted = run.rules().concurrency() - run.waves().training();
        if (busy
                || evaluationWaits
                || lastIsMade()
                || wanted <= 0
                || !run.asking().may(now)) {
            return;
        }
        WorkId work = new WorkId(
                run.filling(), run.asking().nextAttempt(), WorkId.train(1).kind());
        effects.add(new Effect.Reserve(work, wanted, 1, Collections.emptySortedSet(), Collections.emptySortedSet()));
        run = run.with(run.asking().ask(work));
    }

    final void settle(boolean included) {
        SortedMap<WorkId, SortedSet<String>> clients = new TreeMap<>(Waves.ORDER);
        run.buffer()
                .forEach(update -> clients.computeIfAbsent(update.work(), _ -> new TreeSet<>())
                        .add(update.client()));
        clients.forEach((work, some) -> effects.add(new Effect.SettleSome(work, some, included)));
    }

    private void dismissAll(String reason) {
        Rejection late = new Rejection(Fault.UPDATE_TOO_LATE, "The last model was made without this update.");
        run.queue().forEach(offer -> drop(offer, late));
        run.folding().ifPresent(offer -> drop(offer, late));
        for (Wave wave : run.waves().all().values()) {
            SortedSet<String> open = wave.attendance().clients(Place::open);
            if (!open.isEmpty()) {
                effects.add(new Effect.Dismiss(wave.work(), open, reason));
            }
            effects.add(new Effect.Close(wave.work()));
        }
        run = run.with(Waves.none()).queued(List.of(), Optional.empty());
    }

    final Step finish(RunState state, String reason) {
        dismissAll(state == RunState.STOPPED ? "The job is being stopped." : "The job is over.");
        return Finishing.begin(run.course(), state, reason).after(effects);
    }

    /** The decision, with the next moment at which there is something to decide. */
    final Step step() {
        List<Instant> moments = new ArrayList<>();
        moments.add(run.since().plus(run.course().rules().roundTimeout()));
        moments.add(run.asking().notBefore());
        run.waves().all().values().forEach(wave -> moments.add(wave.deadline()));
        run.aside().flatMap(Aside::wake).ifPresent(moments::add);
        moments.stream()
                .filter(moment -> moment.isAfter(now))
                .min(Comparator.naturalOrder())
                .ifPresent(moment -> effects.add(new Effect.WakeAt(moment)));
        return new Step(run, effects);
    }
}
