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
 * One decision of a {@link Buffering} run in the making: what an event changes, then what follows from where the run stands. A value in
 * the end; lives for one event.
 */
final class BufferTurn {
    private final Instant now;
    private final List<Effect> effects = new ArrayList<>();
    private Buffering run;

    BufferTurn(Buffering run, Instant now) {
        this.run = run;
        this.now = now;
    }

    // What happened.

    Step selected(RoundEvent.Selected selected) {
        if (run.asking().asked().filter(selected.work()::equals).isEmpty() || run.doing() == Doing.COMMITTING) {
            // Asked for a model that is no longer the one being made.
            SortedSet<String> clients = clients(selected.roster());
            if (!clients.isEmpty()) {
                effects.add(new Effect.Dismiss(selected.work(), clients, "A newer model is there; asked again soon."));
            }
            if (run.asking().asked().filter(selected.work()::equals).isPresent()) {
                run = run.with(run.asking().answered());
            }
            return decide();
        }
        effects.add(Effect.Announce.about(
                selected.work(),
                "CLIENTS_SELECTED",
                selected.roster().size() + " more train on the model of " + model(selected.work()) + "."));
        effects.add(new Effect.OpenBeside(selected.work(), selected.roster()));
        run = run.with(run.waves()
                        .with(new Wave(
                                selected.work(),
                                Attendance.asked(clients(selected.roster())),
                                now.plus(run.course().rules().roundTimeout()))))
                .with(run.asking().answered())
                .counting(selected.roster().size(), 0);
        return decide();
    }

    Step refused(RoundEvent.SelectionRefused refused) {
        if (refused.fault() == Fault.STALE_RUN) {
            return Ended.superseded(run.course(), refused.reason());
        }
        if (run.asking().asked().filter(refused.work()::equals).isEmpty()) {
            return decide();
        }
        // While others train it is no news that nobody else is free.
        if (run.waves().training() == 0 && run.asking().setbacks() == 0) {
            effects.add(Effect.Announce.about(refused.work(), "WARNING", refused.fault(), refused.reason()));
        }
        run = run.with(run.asking().answered().setBack(now));
        return decide();
    }

    Step opened(RoundEvent.Opened opened) {
        run.waves().of(opened.work()).ifPresent(wave -> {
            run = run.with(run.waves().with(new Wave(wave.work(), wave.attendance(), opened.deadline())));
            effects.add(new Effect.Assign(
                    opened.work(), wave.attendance().clients(place -> place == Place.ASKED), opened.deadline()));
        });
        return decide();
    }

    Step moved(RoundEvent.LeaseChanged changed, Place place) {
        effects.add(Leases.announce(changed.work(), changed));
        run = run.with(changed.work(), changed.client(), Standing.at(place));
        if (place == Place.LOST || place == Place.REFUSED) {
            run = run.with(run.asking().setBack(now)).counting(0, 1);
        }
        return decide();
    }

    Step taskFailed(Offer offer, Rejection failure) {
        effects.add(new Effect.Answer(offer, Repeats.DROPPED));
        effects.add(Effect.Announce.client(offer.work(), failure.event(), offer.client(), failure));
        run = run.with(offer.work(), offer.client(), Standing.at(Place.FAILED))
                .with(run.asking().setBack(now))
                .counting(0, 1);
        return decide();
    }

    Step delivered(Offer offer) {
        List<Offer> longer = new ArrayList<>(run.queue());
        longer.add(offer);
        run = run.with(offer.work(), offer.client(), Buffering.at(Place.DELIVERED, offer))
                .queued(longer, run.folding());
        return decide();
    }

    Step folded(RoundEvent.Folded folded) {
        Optional<Offer> inFold = run.folding()
                .filter(offer -> offer.work().equals(folded.work()))
                .filter(offer -> offer.client().equals(folded.client()));
        if (inFold.isEmpty()) {
            return run.stay();
        }
        Offer offer = inFold.get();
        run = run.queued(run.queue(), Optional.empty());
        return folded.rejection().map(rejection -> rejected(offer, rejection)).orElseGet(() -> counted(offer));
    }

    private Step rejected(Offer offer, Rejection rejection) {
        effects.add(new Effect.Answer(offer, rejection.receipt()));
        effects.add(Effect.Announce.client(offer.work(), "UPDATE_REJECTED", offer.client(), rejection));
        Standing rejected =
                new Standing(Place.REJECTED, Optional.of(offer.digest()), Optional.empty(), Optional.of(rejection));
        run = run.with(offer.work(), offer.client(), rejected)
                .with(run.asking().setBack(now))
                .counting(0, 1);
        if (rejection.fault() == Fault.OUT_OF_RANGE && run.buffer().isEmpty()) {
            effects.add(new Effect.BeginBuffer(run.rules().size(), true));
        }
        return decide();
    }

    private Step counted(Offer offer) {
        Counted counted = new Counted(offer.digest(), offer.weight(), offer.metrics());
        List<Buffered> fuller = new ArrayList<>(run.buffer());
        fuller.add(new Buffered(offer.work(), offer.client(), counted));
        Standing standing =
                new Standing(Place.COUNTED, Optional.of(offer.digest()), Optional.of(counted), Optional.empty());
        run = run.with(offer.work(), offer.client(), standing)
                .buffered(fuller)
                .with(run.asking().encouraged());
        effects.add(new Effect.Answer(offer, Repeats.HELD));
        effects.add(Effect.Announce.client(
                offer.work(),
                "UPDATE_INCLUDED",
                offer.client(),
                "%d of %d in the buffer; made on the model of %s."
                        .formatted(run.buffer().size(), run.rules().size(), model(offer.work()))));
        return decide();
    }

    Step committed() {
        int made = run.filling();
        settle(true);
        effects.add(Effect.Announce.about(
                WorkId.train(made), "ROUND_COMMITTED", run.buffer().size() + " updates are included."));
        run = run.with(run.course().inRound(made).committed())
                .buffered(List.of())
                .with(Doing.TAKING);
        return onward(List.of());
    }

    /** The model in the making is given up; what is in the buffer counts for nothing. */
    Step skip(String reason) {
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

    Step skipped() {
        run = run.with(Doing.TAKING);
        return onward(List.of());
    }

    Step saved() {
        run = run.with(run.course().saved()).with(Doing.TAKING);
        return onward(List.of());
    }

    Step aside(RoundEvent event) {
        Aside.Progress progress = run.aside().orElseThrow().on(event, now);
        effects.addAll(progress.effects());
        if (progress.aside().phase() instanceof Ended ended) {
            return new Step(ended, effects);
        }
        if (!progress.over()) {
            run = run.with(Optional.of(progress.aside()));
            return decide();
        }
        run = run.with(Optional.<Aside>empty())
                .with(run.course()
                        .evaluated(
                                progress.aside().work().round(),
                                progress.aside().measured()));
        return onward(List.of());
    }

    Step woke(RoundEvent.Woke woke) {
        if (run.aside().flatMap(Aside::wake).filter(wake -> !now.isBefore(wake)).isPresent()) {
            return aside(woke);
        }
        return decide();
    }

    /** What is being written is nearly done and is waited for. */
    Step stop(String reason) {
        run = run.with(run.course().stopping(reason));
        return run.doing() == Doing.TAKING ? finish(RunState.STOPPED, reason) : step();
    }

    // What follows.

    /** A model was settled, evaluated or saved, or the run begins: what is due by the course, before anything is taken in again. */
    Step onward(List<Effect> first) {
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

    private Step decide() {
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
        askForMore();
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
                effects.add(new Effect.Answer(offer, stale.get().receipt()));
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
        effects.add(new Effect.Reserve(work, wanted, 1, Collections.emptySortedSet()));
        run = run.with(run.asking().ask(work));
    }

    private void settle(boolean included) {
        SortedMap<WorkId, SortedSet<String>> clients = new TreeMap<>(Waves.ORDER);
        run.buffer()
                .forEach(update -> clients.computeIfAbsent(update.work(), _ -> new TreeSet<>())
                        .add(update.client()));
        clients.forEach((work, some) -> effects.add(new Effect.SettleSome(work, some, included)));
    }

    private void dismissAll(String reason) {
        for (Wave wave : run.waves().all().values()) {
            SortedSet<String> open = wave.attendance().clients(Place::open);
            if (!open.isEmpty()) {
                effects.add(new Effect.Dismiss(wave.work(), open, reason));
            }
            effects.add(new Effect.Close(wave.work()));
        }
        Rejection late = new Rejection(Fault.UPDATE_TOO_LATE, "The last model was made without this update.");
        run.queue().forEach(offer -> effects.add(new Effect.Answer(offer, late.receipt())));
        run.folding().ifPresent(offer -> effects.add(new Effect.Answer(offer, late.receipt())));
        run = run.with(Waves.none()).queued(List.of(), Optional.empty());
    }

    private Step finish(RunState state, String reason) {
        dismissAll(state == RunState.STOPPED ? "The job is being stopped." : "The job is over.");
        return Finishing.begin(run.course(), state, reason).after(effects);
    }

    /** The decision, with the next moment at which there is something to decide. */
    private Step step() {
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

    private static SortedSet<String> clients(List<RosterEntry> roster) {
        SortedSet<String> clients = new TreeSet<>();
        roster.forEach(entry -> clients.add(entry.clientId()));
        return clients;
    }

    private static String model(WorkId work) {
        return work.round() == 1 ? "the start" : "round " + (work.round() - 1);
    }
}
