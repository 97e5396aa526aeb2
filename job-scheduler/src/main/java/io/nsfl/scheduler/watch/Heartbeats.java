package io.nsfl.scheduler.watch;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.job.Heartbeat;
import io.nsfl.protocol.job.HeartbeatAnswer;
import io.nsfl.scheduler.job.EventLog;
import io.nsfl.scheduler.job.Job;
import io.nsfl.scheduler.job.JobEdit;
import io.nsfl.scheduler.job.JobFlow;
import io.nsfl.scheduler.job.JobState;
import io.nsfl.scheduler.job.Move;
import io.nsfl.scheduler.job.RoundLog;
import io.nsfl.scheduler.route.JobRoutes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes coordinators' heartbeats: refuses those of another run or launch, stores what they bring, and moves the job by the state they
 * report. The answer is given as soon as that is stored; what follows from it, such as cleaning up after the end, comes later.
 */
public final class Heartbeats {
    private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);

    private final JobFlow flow;
    private final EventLog events;
    private final RoundLog rounds;
    private final Watch watch;
    private final JobRoutes routes;

    public Heartbeats(JobFlow flow, EventLog events, RoundLog rounds, Watch watch, JobRoutes routes) {
        this.flow = flow;
        this.events = events;
        this.rounds = rounds;
        this.watch = watch;
        this.routes = routes;
    }

    /** The answer; fails with STALE_RUN if another run or launch owns the job. */
    public CompletableFuture<HeartbeatAnswer> receive(Heartbeat beat) {
        HeartbeatCheck.check(beat);
        JobKey key = new JobKey(beat.namespace(), beat.id());
        if (beat.run() != null) {
            watch.knock(key, beat.run(), beat.epoch());
        }
        return flow.submit(key, () -> answer(key, beat));
    }

    private HeartbeatAnswer answer(JobKey key, Heartbeat beat) {
        Optional<Job> found = flow.find(key);
        if (found.isEmpty()) {
            log.info("A heartbeat came for job {}, which does not exist", key);
        }
        if (isStale(found, beat)) {
            throw new FaultException(
                    Fault.STALE_RUN,
                    "Job %s is not in run %s, launch %d, any more: this coordinator ends."
                            .formatted(key, beat.run(), beat.epoch()));
        }
        return found.map(job -> take(job, beat))
                .orElse(new HeartbeatAnswer(HeartbeatAnswer.SUCCEEDED, null, null, null));
    }

    /** A heartbeat of the documented fields only does not say whose it is; it is believed. */
    private static boolean isStale(Optional<Job> job, Heartbeat beat) {
        return beat.run() != null
                && (job.isEmpty()
                        || !job.get().run().equals(beat.run())
                        || job.get().epoch() != beat.epoch());
    }

    private HeartbeatAnswer take(Job job, Heartbeat beat) {
        RoundLog.Stored stored = rounds.store(job, beat.rounds() == null ? List.of() : beat.rounds());
        Long eventsThrough = beat.events() == null ? null : (Long) events.store(job, beat.events());
        Job settled = settle(job, beat, stored.progress());
        routes.open(settled);
        boolean stop = !isLive(settled.state()) && isLive(reported(beat));
        return new HeartbeatAnswer(
                HeartbeatAnswer.SUCCEEDED,
                eventsThrough,
                stored.through() == 0 ? null : (Integer) stored.through(),
                stop ? HeartbeatAnswer.STOP : null);
    }

    private Job settle(Job job, Heartbeat beat, boolean roundCommitted) {
        Optional<Move> move = move(job.state(), reported(beat));
        if (move.isPresent()) {
            return flow.move(
                    job, move.get(), reason(job, beat, move.get()), edit -> record(edit, beat, roundCommitted));
        }
        if (job.state().hasCoordinator()) {
            Job kept = flow.edit(job, edit -> record(edit, beat, roundCommitted));
            if (kept.state() != JobState.STOPPING) {
                watch.heard(kept);
            }
            return kept;
        }
        return job;
    }

    /** What a report means to a job in this state; empty = no move. */
    static Optional<Move> move(JobState state, JobState reported) {
        Optional<Move> move = switch (reported) {
            case RUNNING -> Optional.of(Move.RUN);
            case FINISHED -> Optional.of(Move.FINISH);
            case FAILED -> Optional.of(Move.FAIL);
            case STOPPED -> Optional.of(Move.HALT);
            case QUEUING, PENDING, STARTING, STOPPING, DELETING -> Optional.empty();
        };
        return move.filter(wanted -> state.hasCoordinator() && wanted.isLegalFrom(state));
    }

    private static String reason(Job job, Heartbeat beat, Move move) {
        if (beat.reason() != null && !beat.reason().isBlank()) {
            return beat.reason();
        }
        return switch (move) {
            case FAIL -> "The coordinator of job %s reported FAILED without a reason.".formatted(job.key());
            case RUN, FINISH, HALT, START, WAIT, ADMIT, RELAUNCH, STOP, DELETE -> "";
        };
    }

    private static void record(JobEdit edit, Heartbeat beat, boolean roundCommitted) {
        edit.progress(beat.progress()).reported();
        if (beat.checkpoints() != null) {
            edit.checkpoints(beat.checkpoints());
        }
        if (beat.address() != null) {
            edit.address(beat.address());
        }
        if (roundCommitted) {
            edit.restarts(0);
        }
    }

    private static boolean isLive(JobState state) {
        return state == JobState.STARTING || state == JobState.RUNNING;
    }

    private static JobState reported(Heartbeat beat) {
        return JobState.of(beat.state()).orElseThrow();
    }
}
