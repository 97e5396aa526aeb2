package io.nsfl.coordinator.report;

import io.nsfl.coordinator.round.Course;
import io.nsfl.coordinator.round.RoundPhase;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.protocol.job.Heartbeat.Checkpoint;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.RoundMetrics;
import io.nsfl.protocol.v1.CoordinatorStatus;
import io.nsfl.protocol.v1.RunRef;
import java.util.Map;

/** What the coordinator is doing now, for whoever asks. Written by the run, read by any thread. */
public final class CurrentStatus implements RunReport {
    private volatile CoordinatorStatus status;

    public CurrentStatus(RunRef run) {
        status = CoordinatorStatus.newBuilder()
                .setRun(run)
                .setState(RunState.STARTING.name())
                .build();
    }

    public CoordinatorStatus status() {
        return status;
    }

    @Override
    public synchronized void state(RunState state, String reason) {
        status = status.toBuilder().setState(state.name()).build();
    }

    @Override
    public synchronized void phase(RoundPhase phase, Course course) {
        CoordinatorStatus.Builder changed = status.toBuilder()
                .setPhase(phase.title())
                .setProgress(course.progress())
                .setRound(course.round());
        phase.work().ifPresent(work -> changed.setRound(work.round()).setAttempt(work.attempt()));
        status = changed.build();
    }

    @Override
    public void event(JobEvent event) {}

    @Override
    public void round(RoundMetrics metrics) {}

    @Override
    public void checkpoints(Map<String, Checkpoint> checkpoints) {}
}
