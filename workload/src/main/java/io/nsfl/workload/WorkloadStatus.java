package io.nsfl.workload;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known about a workload.
 *
 * @param revision of the spec it was launched with
 * @param end present exactly in phase ENDED
 * @param logTail the last 8 KiB at most of what it wrote, whole lines; of a pod that runs it is empty, see {@link WorkloadLauncher#log}
 * @param log the whole log where it is a file of this machine
 * @param pid of the main process' supervisor where it is a process of this machine
 * @param startedAt when it was launched
 */
public record WorkloadStatus(
        String name,
        String revision,
        Map<String, String> labels,
        WorkloadPhase phase,
        Optional<WorkloadEnd> end,
        String logTail,
        Optional<Path> log,
        OptionalLong pid,
        Instant startedAt) {
    public WorkloadStatus {
        labels = Map.copyOf(labels);
        if (end.isPresent() != (phase == WorkloadPhase.ENDED)) {
            throw new IllegalArgumentException(
                    "Cannot describe workload " + name + " as " + phase + " with end " + end);
        }
    }

    public boolean alive() {
        return phase != WorkloadPhase.ENDED;
    }
}
