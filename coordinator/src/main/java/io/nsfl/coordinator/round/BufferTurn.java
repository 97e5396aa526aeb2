package io.nsfl.coordinator.round;

import io.nsfl.coordinator.round.Attendance.Place;
import io.nsfl.coordinator.round.Attendance.Standing;
import io.nsfl.coordinator.round.Buffering.Doing;
import io.nsfl.coordinator.round.RoundEvent.Offer;
import io.nsfl.protocol.fault.Fault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** What an event changes in a {@link Buffering} run; what follows is decided by {@link BufferDecision}. */
final class BufferTurn extends BufferDecision {
    BufferTurn(Buffering run, Instant now) {
        super(run, now);
    }

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
        drop(offer, rejection);
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

    private static SortedSet<String> clients(List<RosterEntry> roster) {
        SortedSet<String> clients = new TreeSet<>();
        roster.forEach(entry -> clients.add(entry.clientId()));
        return clients;
    }

    private static String model(WorkId work) {
        return work.round() == 1 ? "the start" : "round " + (work.round() - 1);
    }
}
