package io.nsfl.coordinator.run;

import io.nsfl.coordinator.masking.MaskingDesk;
import io.nsfl.coordinator.report.RunReport;
import io.nsfl.coordinator.round.Buffering;
import io.nsfl.coordinator.round.Effect;
import io.nsfl.coordinator.round.Ended;
import io.nsfl.coordinator.round.LeaseChange;
import io.nsfl.coordinator.round.Rejection;
import io.nsfl.coordinator.round.RoundEvent;
import io.nsfl.coordinator.round.RoundPhase;
import io.nsfl.coordinator.round.Selecting;
import io.nsfl.coordinator.round.Step;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.coordinator.selection.ClientSelection;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.LeaseEvent;
import io.nsfl.servicekit.time.Timers.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Performs what the phases decide and brings the answers back as events. Decisions run on the run's mailbox; disk and calls have a lane
 * each, so that a selector that does not answer delays no fold and a slow disk no lease.
 */
final class RoundDriver {
    private final Lanes lanes;
    private final InstantSource clock;
    private final RunBook book;
    private final Desk desk;
    private final RunNews news;
    private final DiskWork disk;
    private final MaskingWork masking;
    private final SelectionCalls calls;
    private final PhaseClock times;
    private final CompletableFuture<Ended> end = new CompletableFuture<>();
    private RoundPhase phase;
    private Optional<Timer> alarm = Optional.empty();

    RoundDriver(
            RunPlan plan,
            Lanes lanes,
            InstantSource clock,
            RunBook book,
            Desk desk,
            ClientSelection selection,
            SelectionOrders orders,
            RunReport report) {
        this.lanes = lanes;
        this.clock = clock;
        this.book = book;
        this.desk = desk;
        this.times = new PhaseClock(clock.instant());
        this.news = new RunNews(plan.ref(), clock, lanes.decisions(), report);
        RunEvents events = new RunEvents() {
            @Override
            public void post(RoundEvent event) {
                RoundDriver.this.post(event);
            }

            @Override
            public boolean over() {
                return end.isDone();
            }

            @Override
            public boolean wanted(WorkId work) {
                return phase.concerns(work);
            }
        };
        this.disk = new DiskWork(lanes, book, news, events);
        this.masking = new MaskingWork(plan, disk, book.masking(), desk, news, events);
        this.calls = new SelectionCalls(lanes, clock, selection, orders, news, events);
    }

    /** Where clients that mask come to. */
    MaskingDesk maskingClients() {
        return masking.clients();
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
                Rejection.toldBy(event.getReason()).message())));
    }

    /** Tells of something, unless the run is over. */
    void announce(Optional<WorkId> work, String type, String message) {
        if (!end.isDone()) {
            news.announce(work, type, message);
        }
    }

    /** A defect here must not leave a run that looks alive. */
    private void take(Supplier<Step> decision) {
        try {
            take(decision.get());
        } catch (RuntimeException | Error defect) {
            if (!end.isDone()) {
                end.completeExceptionally(defect);
            }
            throw defect;
        }
    }

    /** What lies between two rounds, an evaluation or a checkpoint, is no part of either. */
    private static boolean beginsRound(RoundPhase before, RoundPhase next) {
        if (before instanceof Buffering one && next instanceof Buffering other) {
            return other.begun() > one.begun();
        }
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
            news.phase(phase);
        }
        step.effects().forEach(this::perform);
        if (phase instanceof Ended ended && !end.isDone()) {
            alarm.ifPresent(Timer::cancel);
            end.complete(ended);
        }
    }

    private void reserve(Effect.Reserve order) {
        Optional<String> refusal = order.work().trains() ? book.refusesAnother() : Optional.empty();
        refusal.ifPresentOrElse(
                reason -> post(new RoundEvent.SelectionRefused(order.work(), Fault.PRIVACY_BUDGET_EXCEEDED, reason)),
                () -> calls.reserve(order));
    }

    private void perform(Effect effect) {
        switch (effect) {
            case Effect.Reserve order -> reserve(order);
            case Effect.Open order -> disk.open(order, opened -> openDesk(order.work(), opened, this::layOut));
            case Effect.Reopen order ->
                disk.reopen(opened -> calls.reclaim(
                        order.work(),
                        new TreeSet<>(opened.work().roster().keySet()),
                        () -> openDesk(order.work(), opened, this::layOut)));
            case Effect.OpenBeside order ->
                disk.openBeside(
                        order,
                        opened -> openDesk(
                                order.work(), opened, beside -> desk.openBeside(beside.work(), beside.files())));
            case Effect.BeginBuffer order -> disk.beginBuffer(order);
            case Effect.FoldStale order -> disk.foldStale(order);
            case Effect.CommitBuffer order -> disk.commitBuffer(order, times.read(clock.instant()));
            case Effect.SettleSome order -> {
                desk.settleSome(order.work(), order.clients(), order.included());
                calls.settleSome(order);
            }
            case Effect.Close order -> desk.close(order.work());
            case Effect.Forsake _ -> calls.forsake();
            case Effect.Assign order -> calls.assign(order);
            case Effect.Fold order -> disk.fold(order);
            case Effect.OpenMasking order -> masking.open(order);
            case Effect.AskStage order -> masking.ask(order);
            case Effect.FoldMasked order -> masking.fold(order);
            case Effect.Unmask order -> masking.unmask(order);
            case Effect.EndMasking order -> masking.end(order);
            case Effect.Answer answer -> desk.answer(answer.offer(), answer.receipt());
            case Effect.Dismiss order -> {
                desk.dismiss(order.work(), order.clients(), order.reason());
                calls.release(order.work(), order.clients(), order.reason());
            }
            case Effect.Aggregate order -> disk.aggregate(order);
            case Effect.Commit order -> disk.commit(order, times.read(clock.instant()));
            case Effect.Settle order -> {
                desk.settle(order.work(), order.included());
                calls.settle(order);
            }
            case Effect.NoteFailedAttempt order -> disk.noteFailedAttempt(order);
            case Effect.NoteSkipped order -> disk.noteSkipped(order, times.read(clock.instant()));
            case Effect.NoteEvaluation order -> disk.noteEvaluation(order);
            case Effect.SaveCheckpoint order -> disk.saveCheckpoint(order);
            case Effect.WakeAt order -> wakeAt(order.when());
            case Effect.Finish order -> {
                desk.close();
                calls.releaseAll(() -> disk.finish(order));
            }
            case Effect.Announce announce -> news.event(announce);
        }
    }

    private void layOut(WorkOpening.Opened opened) {
        desk.open(opened.work(), opened.files(), opened.preparedParams());
    }

    /** Not when the run went on meanwhile: a desk that was closed stays closed. From any thread. */
    private void openDesk(WorkId work, WorkOpening.Opened opened, Consumer<WorkOpening.Opened> table) {
        lanes.decisions().execute(() -> {
            if (phase.concerns(work)) {
                // First, so that no word of a client overtakes it.
                post(new RoundEvent.Opened(work, opened.work().deadline()));
                table.accept(opened);
            }
        });
    }

    private void wakeAt(Instant when) {
        alarm.ifPresent(Timer::cancel);
        alarm = Optional.of(lanes.timers()
                .schedule(
                        Duration.between(clock.instant(), when),
                        lanes.decisions(),
                        () -> take(() -> phase.on(new RoundEvent.Woke(), clock.instant()))));
    }
}
