package io.nsfl.coordinator.run;

import io.nsfl.coordinator.round.Buffered;
import io.nsfl.coordinator.round.Effect;
import io.nsfl.coordinator.round.Rejection;
import io.nsfl.coordinator.round.RoundEvent;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultCategory;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.RoundMetrics;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What reads and writes files and folds, on the disk's lane: the run's book with patience for storage that comes back. */
final class DiskWork {
    private static final int TRIES = 5;

    private final Lanes lanes;
    private final RunBook book;
    private final RunNews news;
    private final RunEvents events;

    DiskWork(Lanes lanes, RunBook book, RunNews news, RunEvents events) {
        this.lanes = lanes;
        this.book = book;
        this.news = news;
        this.events = events;
    }

    void open(Effect.Open order, Consumer<WorkOpening.Opened> then) {
        perform(() -> {
            WorkOpening.Opened opened;
            try {
                opened = book.open(order.work(), order.roster());
            } catch (FaultException failed) {
                if (failed.fault() != Fault.EXTENDER_FAILED) {
                    throw failed;
                }
                events.post(new RoundEvent.OpeningRefused(
                        order.work(), new Rejection(failed.fault(), failed.getMessage())));
                return;
            }
            then.accept(opened);
        });
    }

    void openBeside(Effect.OpenBeside order, Consumer<WorkOpening.Opened> then) {
        perform(() -> then.accept(book.openBeside(order.work(), order.roster())));
    }

    void beginBuffer(Effect.BeginBuffer order) {
        perform(() -> book.beginBuffer(order.size(), order.widen()));
    }

    void foldStale(Effect.FoldStale order) {
        perform(() -> events.post(new RoundEvent.Folded(
                order.offer().work(), order.offer().client(), book.foldStale(order.offer(), order.staleness()))));
    }

    void commitBuffer(Effect.CommitBuffer order, PhaseTimes taken) {
        Set<String> clients = order.buffer().stream().map(Buffered::client).collect(Collectors.toSet());
        perform(() -> book.stepBuffer(clients)
                .ifPresentOrElse(
                        rejection -> events.post(new RoundEvent.AggregationRefused(order.work(), rejection)), () -> {
                            news.settled(book.commitBuffer(order.work(), order.buffer(), order.tally(), taken));
                            events.post(new RoundEvent.Committed(order.work()));
                        }));
    }

    void reopen(Consumer<WorkOpening.Opened> then) {
        perform(() -> then.accept(book.reopen()));
    }

    void fold(Effect.Fold order) {
        perform(() -> events.post(
                new RoundEvent.Folded(order.offer().work(), order.offer().client(), book.fold(order.offer()))));
    }

    void aggregate(Effect.Aggregate order) {
        perform(() -> book.aggregate(order.work(), order.included())
                .ifPresentOrElse(
                        rejection -> events.post(new RoundEvent.AggregationRefused(order.work(), rejection)),
                        () -> events.post(new RoundEvent.Aggregated(order.work()))));
    }

    void commit(Effect.Commit order, PhaseTimes taken) {
        perform(() -> {
            RoundMetrics metrics = book.commit(order.work(), order.included(), order.tally(), taken);
            news.settled(metrics);
            if (metrics.privacy() != null) {
                news.announce(Optional.of(order.work()), "PRIVACY_SPENT", PrivacyBook.told(metrics.privacy()));
            }
            events.post(new RoundEvent.Committed(order.work()));
        });
    }

    void noteFailedAttempt(Effect.NoteFailedAttempt order) {
        perform(() -> {
            book.noteFailedAttempt(order.work(), order.reason(), order.failed(), order.widen());
            events.post(new RoundEvent.Noted(order.work()));
        });
    }

    void noteSkipped(Effect.NoteSkipped order, PhaseTimes taken) {
        perform(() -> {
            news.settled(book.noteSkipped(order.work(), order.reason(), order.tally(), taken));
            events.post(new RoundEvent.Noted(order.work()));
        });
    }

    void noteEvaluation(Effect.NoteEvaluation order) {
        perform(() -> {
            book.noteEvaluation(order.work(), order.included(), order.failure())
                    .ifPresent(metrics -> news.evaluated(order.work(), metrics));
            events.post(new RoundEvent.Noted(order.work()));
        });
    }

    void saveCheckpoint(Effect.SaveCheckpoint order) {
        perform(() -> {
            news.saved(order.round(), book.saveCheckpoint(order.round()));
            events.post(new RoundEvent.CheckpointSaved(order.round()));
        });
    }

    void finish(Effect.Finish order) {
        perform(() -> {
            book.finish(order.state(), order.reason());
            events.post(new RoundEvent.Finished());
        });
    }

    void perform(Runnable action) {
        perform(0, action);
    }

    /** Storage may come back; a defect does not go away by repeating. */
    private void perform(int tries, Runnable action) {
        lanes.disk().execute(() -> {
            if (events.over()) {
                return;
            }
            try {
                action.run();
            } catch (FaultException failed) {
                if (failed.fault() == Fault.STALE_RUN) {
                    events.post(new RoundEvent.Superseded(failed.getMessage()));
                } else if (failed.fault().category() == FaultCategory.EXTERNAL && tries < TRIES) {
                    lanes.timers().schedule(Pauses.after(tries), lanes.disk(), () -> perform(tries + 1, action));
                } else {
                    events.post(new RoundEvent.Broken(failed.fault(), failed.getMessage()));
                }
            } catch (RuntimeException | Error defect) {
                events.post(new RoundEvent.Broken(Fault.INTERNAL_ERROR, "The coordinator failed: " + defect));
                throw defect;
            }
        });
    }
}
