package io.nsfl.coordinator.report;

import io.nsfl.coordinator.round.Course;
import io.nsfl.coordinator.round.RoundPhase;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.protocol.job.Heartbeat.Checkpoint;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.RoundMetrics;
import java.util.Map;

/** Who is told how a run goes. Called by the run's one thread; must not block it. */
public interface RunReport {
    void state(RunState state, String reason);

    void phase(RoundPhase phase, Course course);

    void event(JobEvent event);

    /** A settled round; told again when its evaluation is known. */
    void round(RoundMetrics metrics);

    /** All checkpoints of the job. */
    void checkpoints(Map<String, Checkpoint> checkpoints);
}
