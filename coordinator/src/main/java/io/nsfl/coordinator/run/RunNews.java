package io.nsfl.coordinator.run;

import io.nsfl.coordinator.report.RunReport;
import io.nsfl.coordinator.round.Effect;
import io.nsfl.coordinator.round.RoundPhase;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.job.Heartbeat.Checkpoint;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.RoundMetrics;
import io.nsfl.protocol.v1.RunRef;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Tells the report, on the decisions' lane and in order; numbers the events. */
final class RunNews {
    private final RunRef run;
    private final InstantSource clock;
    private final Executor decisions;
    private final RunReport report;
    private long eventNumber;

    RunNews(RunRef run, InstantSource clock, Executor decisions, RunReport report) {
        this.run = run;
        this.clock = clock;
        this.decisions = decisions;
        this.report = report;
        // Numbers of one epoch never meet those of another.
        this.eventNumber = run.getEpoch() << 32;
    }

    /** On the decisions' lane. */
    void phase(RoundPhase phase) {
        report.phase(phase, phase.course());
    }

    /** On the decisions' lane. */
    void event(Effect.Announce announce) {
        WorkId work = announce.work().orElse(null);
        report.event(new JobEvent(
                ++eventNumber,
                run.getRun(),
                clock.instant(),
                announce.type(),
                work == null ? null : work.round(),
                work == null ? null : work.attempt(),
                announce.client().orElse(null),
                announce.code().map(Fault::name).orElse(null),
                announce.message()));
    }

    /** From any thread. */
    void announce(Optional<WorkId> work, String type, String message) {
        decisions.execute(() -> event(new Effect.Announce(type, work, Optional.empty(), Optional.empty(), message)));
    }

    /** A round is committed or skipped. From any thread. */
    void settled(RoundMetrics metrics) {
        decisions.execute(() -> report.round(metrics));
    }

    /** From any thread. */
    void evaluated(WorkId work, RoundMetrics metrics) {
        settled(metrics);
        announce(Optional.of(work), "EVALUATED", "The model of round " + work.round() + " is evaluated.");
    }

    /** From any thread. */
    void saved(int round, Map<String, Checkpoint> checkpoints) {
        decisions.execute(() -> report.checkpoints(checkpoints));
        announce(Optional.empty(), "CHECKPOINT_SAVED", "The model of round " + round + " is saved.");
    }
}
