package io.nsfl.coordinator.run;

import io.nsfl.coordinator.report.RunReport;
import io.nsfl.coordinator.round.Effect;
import io.nsfl.coordinator.round.Ended;
import io.nsfl.coordinator.round.LeaseChange;
import io.nsfl.coordinator.round.RoundEvent;
import io.nsfl.coordinator.round.RoundPhase;
import io.nsfl.coordinator.round.Selecting;
import io.nsfl.coordinator.round.Step;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.coordinator.selection.ClientSelection;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultCategory;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.RoundMetrics;
import io.nsfl.protocol.v1.LeaseEvent;
import io.nsfl.servicekit.time.Timers.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Performs what the phases decide and brings the answers back as events. Decisions run on the run's mailbox; disk and calls have a lane
 * each, so that a selector that does not answer delays no fold and a slow disk no lease.
 */
final class RoundDriver {
    private static final int DISK_TRIES = 5;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration RECLAIM_PATIENCE = Duration.ofSeconds(20);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final RunPlan plan;
    private final Lanes lanes;
    private final InstantSource clock;
    private final RunBook book;
    private final Desk desk;
    private final ClientSelection selection;
    private final SelectionOrders orders;
    private final RunReport report;
    private final PhaseClock times;
    private final CompletableFuture<Ended> end = new CompletableFuture<>();
    private RoundPhase phase;
    private Optional<Timer> alarm = Optional.empty();
    private long eventNumber;

    RoundDriver(
            RunPlan plan,
            Lanes lanes,
            InstantSource clock,
            RunBook book,
            Desk desk,
            ClientSelection selection,
            SelectionOrders orders,
            RunReport report) {
        this.plan = plan;
        this.lanes = lanes;
        this.clock = clock;
        this.book = book;
        this.desk = desk;
        this.selection = selection;
        this.orders = orders;
        this.report = report;
        this.times = new PhaseClock(clock.instant());
        // Numbers of one epoch never meet those of another.
        this.eventNumber = plan.ref().getEpoch() << 32;
    }

    /** Begins with a first step; the future completes when this process has nothing more to do for the run. */
    CompletableFuture<Ended> begin(Step first) {
        lanes.decisions().execute(() -> take(() -> first));
        return end;
    }

    /** Something happened. From any thread. */
    void post(RoundEvent event) {
        lanes.decisions().execute(() -> {
            if (phase != null) {
                take(() -> phase.on(event, clock.instant()));
            }
        });
    }

    /** What happened to a lease. From any thread. */
    void post(LeaseEvent event) {
        Optional<LeaseChange> change = switch (event.getChange()) {
            case ACCEPTED -> Optional.of(LeaseChange.ACCEPTED);
            case REFUSED -> Optional.of(LeaseChange.REFUSED);
            case LOST -> Optional.of(LeaseChange.LOST);
            // A broken stream is no broken promise: the lease holds until it is lost.
            case DISCONNECTED, RECONNECTED, CHANGE_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
        change.ifPresent(value -> post(new RoundEvent.LeaseChanged(
                WorkId.of(event.getTask()),
                event.getTask().getClientId(),
                value,
                event.getReason().getMessage())));
    }

    /** A defect here must not leave a run that looks alive. */
    private void take(Supplier<Step> decision) {
        try {
            take(decision.get());
        } catch (RuntimeException defect) {
            if (!end.isDone()) {
                end.completeExceptionally(defect);
            }
            throw defect;
        }
    }

    /** What lies between two rounds, an evaluation or a checkpoint, is no part of either. */
    private static boolean beginsRound(RoundPhase before, RoundPhase next) {
        return next instanceof Selecting selecting
                && selecting.id().trains()
                && selecting.id().attempt() == 1
                && !(before instanceof Selecting same && same.id().equals(selecting.id()));
    }

    private void take(Step step) {
        Instant now = clock.instant();
        RoundPhase before = phase;
        phase = step.next();
        if (beginsRound(before, phase)) {
            times.restart(now);
        }
        times.enter(phase.title(), now);
        if (before == null || !before.title().equals(phase.title())) {
            report.phase(phase, phase.course());
        }
        step.effects().forEach(this::perform);
        if (phase instanceof Ended ended && !end.isDone()) {
            alarm.ifPresent(Timer::cancel);
            end.complete(ended);
        }
    }

    private void perform(Effect effect) {
        switch (effect) {
            case Effect.Reserve order -> reserve(order);
            case Effect.Open order ->
                disk(() -> {
                    RunBook.Opened opened = book.open(order.work(), order.roster());
                    desk.open(opened.work(), opened.files());
                    post(new RoundEvent.Opened(order.work(), opened.work().deadline()));
                });
            case Effect.Reopen order -> reopen(order.work());
            case Effect.Assign order -> assign(order, 0);
            case Effect.Fold order ->
                disk(() -> post(new RoundEvent.Folded(
                        order.offer().work(), order.offer().client(), book.fold(order.offer()))));
            case Effect.Answer answer -> desk.answer(answer.offer(), answer.receipt());
            case Effect.Dismiss order -> {
                desk.dismiss(order.work(), order.clients(), order.reason());
                release(order.work(), order.clients(), order.reason());
            }
            case Effect.Aggregate order ->
                disk(() -> book.aggregate(order.work(), order.included())
                        .ifPresentOrElse(
                                rejection -> post(new RoundEvent.AggregationRefused(order.work(), rejection)),
                                () -> post(new RoundEvent.Aggregated(order.work()))));
            case Effect.Commit order -> {
                PhaseTimes taken = times.read(clock.instant());
                disk(() -> {
                    RoundMetrics metrics = book.commit(order.work(), order.included(), order.tally(), taken);
                    settled(metrics);
                    post(new RoundEvent.Committed(order.work()));
                });
            }
            case Effect.Settle order -> {
                desk.settle(order.work(), order.included());
                calls(0, () -> selection.release(orders.settle(order.work(), order.included())), () -> {});
            }
            case Effect.NoteFailedAttempt order ->
                disk(() -> {
                    book.noteFailedAttempt(order.work(), order.reason(), order.failed(), order.widen());
                    post(new RoundEvent.Noted(order.work()));
                });
            case Effect.NoteSkipped order -> {
                PhaseTimes taken = times.read(clock.instant());
                disk(() -> {
                    settled(book.noteSkipped(order.work(), order.reason(), order.tally(), taken));
                    post(new RoundEvent.Noted(order.work()));
                });
            }
            case Effect.NoteEvaluation order ->
                disk(() -> {
                    book.noteEvaluation(order.work(), order.included(), order.failure())
                            .ifPresent(metrics -> lanes.decisions().execute(() -> evaluated(order.work(), metrics)));
                    post(new RoundEvent.Noted(order.work()));
                });
            case Effect.SaveCheckpoint order ->
                disk(() -> {
                    var checkpoints = book.saveCheckpoint(order.round());
                    lanes.decisions().execute(() -> {
                        report.checkpoints(checkpoints);
                        announce(
                                Optional.empty(),
                                "CHECKPOINT_SAVED",
                                "The model of round " + order.round() + " is saved.");
                    });
                    post(new RoundEvent.CheckpointSaved(order.round()));
                });
            case Effect.WakeAt order -> {
                alarm.ifPresent(Timer::cancel);
                alarm = Optional.of(lanes.timers()
                        .schedule(
                                Duration.between(clock.instant(), order.when()),
                                lanes.decisions(),
                                () -> take(() -> phase.on(new RoundEvent.Woke(), clock.instant()))));
            }
            case Effect.Finish order -> finish(order);
            case Effect.Announce announce -> announce(announce);
        }
    }

    private void reserve(Effect.Reserve order) {
        lanes.calls().execute(() -> {
            try {
                post(new RoundEvent.Selected(
                        order.work(), SelectionOrders.roster(selection.reserve(orders.reserve(order)))));
            } catch (FaultException refused) {
                post(new RoundEvent.SelectionRefused(order.work(), refused.fault(), refused.getMessage()));
            }
        });
    }

    /**
     * The same reservation again moves its leases to this epoch. Where the leases died with the process (direct mode), the clients come
     * back within seconds; who does not is found out by Assign.
     */
    private void reopen(WorkId work) {
        disk(() -> {
            RunBook.Opened opened = book.reopen();
            reclaim(work, opened, clock.instant().plus(RECLAIM_PATIENCE), 0);
        });
    }

    private void reclaim(WorkId work, RunBook.Opened opened, Instant patience, int tries) {
        SortedSet<String> clients = new TreeSet<>(opened.work().roster().keySet());
        lanes.calls().execute(() -> {
            boolean patient = clock.instant().isBefore(patience);
            try {
                selection.reserve(orders.reclaim(work, clients, patient ? clients.size() : 1));
            } catch (FaultException failed) {
                if (failed.fault() == Fault.STALE_RUN) {
                    post(new RoundEvent.Superseded(failed.getMessage()));
                    return;
                }
                if (failed.fault() == Fault.SELECTOR_UNAVAILABLE || patient) {
                    lanes.timers()
                            .schedule(
                                    pause(tries), lanes.decisions(), () -> reclaim(work, opened, patience, tries + 1));
                    return;
                }
            }
            desk.open(opened.work(), opened.files());
            post(new RoundEvent.Opened(work, opened.work().deadline()));
        });
    }

    private void assign(Effect.Assign order, int tries) {
        lanes.calls().execute(() -> {
            try {
                selection.assign(orders.assign(order.work(), order.clients(), order.deadline(), clock.instant()));
            } catch (FaultException refused) {
                if (refused.fault() == Fault.SELECTOR_UNAVAILABLE
                        && clock.instant().isBefore(order.deadline())) {
                    lanes.timers().schedule(pause(tries), lanes.decisions(), () -> {
                        if (phase.work().filter(order.work()::equals).isPresent()) {
                            assign(order, tries + 1);
                        }
                    });
                } else if (refused.fault() == Fault.STALE_RUN) {
                    post(new RoundEvent.Superseded(refused.getMessage()));
                } else if (order.clients().size() > 1) {
                    // One lease that is gone refuses the whole request; the others are asked one by one.
                    order.clients()
                            .forEach(client ->
                                    assign(new Effect.Assign(order.work(), List.of(client), order.deadline()), 0));
                } else {
                    order.clients()
                            .forEach(client -> post(new RoundEvent.LeaseChanged(
                                    order.work(), client, LeaseChange.LOST, refused.getMessage())));
                }
            }
        });
    }

    private void release(WorkId work, Collection<String> clients, String reason) {
        calls(0, () -> selection.release(orders.release(work, clients, reason)), () -> {});
    }

    private void finish(Effect.Finish order) {
        desk.close();
        lanes.calls().execute(() -> {
            try {
                selection.release(orders.releaseAll("The job is over."));
            } catch (FaultException unreachable) {
                // Leases end by themselves and the scheduler releases them too: the end of a job does not wait for
                // that.
                announce(Optional.empty(), "WARNING", "The clients could not be released: " + unreachable.getMessage());
            }
            disk(() -> {
                book.finish(order.state(), order.reason());
                post(new RoundEvent.Finished());
            });
        });
    }

    /** A call that must get through some time, unless the run is over. */
    private void calls(int tries, Runnable call, Runnable then) {
        lanes.calls().execute(() -> {
            try {
                call.run();
                then.run();
            } catch (FaultException failed) {
                if (failed.fault() == Fault.STALE_RUN) {
                    post(new RoundEvent.Superseded(failed.getMessage()));
                } else if (failed.fault() == Fault.SELECTOR_UNAVAILABLE && !end.isDone()) {
                    lanes.timers().schedule(pause(tries), lanes.decisions(), () -> calls(tries + 1, call, then));
                } else {
                    then.run();
                }
            }
        });
    }

    private void disk(Runnable action) {
        disk(0, action);
    }

    /** Storage may come back; a defect does not go away by repeating. */
    private void disk(int tries, Runnable action) {
        lanes.disk().execute(() -> {
            if (end.isDone()) {
                return;
            }
            try {
                action.run();
            } catch (FaultException failed) {
                if (failed.fault() == Fault.STALE_RUN) {
                    post(new RoundEvent.Superseded(failed.getMessage()));
                } else if (failed.fault().category() == FaultCategory.EXTERNAL && tries < DISK_TRIES) {
                    lanes.timers().schedule(pause(tries), lanes.disk(), () -> disk(tries + 1, action));
                } else {
                    post(new RoundEvent.Broken(failed.fault(), failed.getMessage()));
                }
            } catch (RuntimeException defect) {
                post(new RoundEvent.Broken(Fault.INTERNAL_ERROR, "The coordinator failed: " + defect));
                throw defect;
            }
        });
    }

    private void settled(RoundMetrics metrics) {
        lanes.decisions().execute(() -> report.round(metrics));
    }

    private void evaluated(WorkId work, RoundMetrics metrics) {
        report.round(metrics);
        announce(Optional.of(work), "EVALUATED", "The model of round " + work.round() + " is evaluated.");
    }

    private void announce(Effect.Announce announce) {
        WorkId work = announce.work().orElse(null);
        report.event(new JobEvent(
                ++eventNumber,
                plan.ref().getRun(),
                clock.instant(),
                announce.type(),
                work == null ? null : work.round(),
                work == null ? null : work.attempt(),
                announce.client().orElse(null),
                announce.code().map(Fault::name).orElse(null),
                announce.message()));
    }

    void announce(Optional<WorkId> work, String type, String message) {
        lanes.decisions()
                .execute(() -> announce(new Effect.Announce(type, work, Optional.empty(), Optional.empty(), message)));
    }

    private static Duration pause(int tries) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(tries, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
