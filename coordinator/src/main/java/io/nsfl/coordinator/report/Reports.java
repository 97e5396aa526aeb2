package io.nsfl.coordinator.report;

import io.nsfl.coordinator.round.Course;
import io.nsfl.coordinator.round.RoundPhase;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.protocol.job.Heartbeat.Checkpoint;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.RoundMetrics;
import java.util.List;
import java.util.Map;

/** Tells several. */
public record Reports(List<RunReport> all) implements RunReport {
    @Override
    public void state(RunState state, String reason) {
        all.forEach(report -> report.state(state, reason));
    }

    @Override
    public void phase(RoundPhase phase, Course course) {
        all.forEach(report -> report.phase(phase, course));
    }

    @Override
    public void event(JobEvent event) {
        all.forEach(report -> report.event(event));
    }

    @Override
    public void round(RoundMetrics metrics) {
        all.forEach(report -> report.round(metrics));
    }

    @Override
    public void checkpoints(Map<String, Checkpoint> checkpoints) {
        all.forEach(report -> report.checkpoints(checkpoints));
    }
}
