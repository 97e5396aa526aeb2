package io.nsfl.protocol.job;

import java.util.List;
import java.util.Map;

/**
 * Body of {@code PUT /api/v1/heartbeat}: how a run stands. The first five and {@code checkpoints} are the documented ones; the
 * others are optional (null when absent).
 *
 * @param id job id without its namespace
 * @param namespace the job's namespace
 * @param state STARTING, RUNNING, STOPPING, STOPPED, FINISHED or FAILED
 * @param progress 0..100
 * @param reason one sentence where the state needs one, else null
 * @param checkpoints name to checkpoint; replaces the stored map; null = unchanged
 * @param run the run this coordinator plays
 * @param epoch its launch
 * @param address {@code host:port} of the coordinator's gRPC server
 * @param phase for example {@code Collecting}
 * @param round 1-based
 * @param events not yet acknowledged events, in order
 * @param rounds not yet acknowledged settled rounds, in order
 */
public record Heartbeat(
        String id,
        String namespace,
        String state,
        int progress,
        String reason,
        Map<String, Checkpoint> checkpoints,
        String run,
        Long epoch,
        String address,
        String phase,
        Integer round,
        List<JobEvent> events,
        List<RoundMetrics> rounds) {

    /**
     * One saved checkpoint.
     *
     * @param path relative to the namespace
     * @param accuracy as evaluated, or 0 when not evaluated
     */
    public record Checkpoint(String path, double accuracy) {}
}
