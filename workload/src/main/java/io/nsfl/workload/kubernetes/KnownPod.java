package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.nsfl.workload.WorkloadEnd;
import io.nsfl.workload.WorkloadPhase;
import io.nsfl.workload.WorkloadStatus;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of one pod.
 *
 * @param end once it is decided: then it stays, whatever becomes of the pod
 * @param logTail of an ended one
 * @param closing whether its end is being written up
 */
record KnownPod(Pod pod, Optional<WorkloadEnd> end, String logTail, boolean closing) {
    static KnownPod of(Pod pod) {
        return new KnownPod(pod, Optional.empty(), "", false);
    }

    String name() {
        return pod.getMetadata().getName();
    }

    String uid() {
        return pod.getMetadata().getUid();
    }

    KnownPod seen(Pod newer) {
        return new KnownPod(newer, end, logTail, closing);
    }

    KnownPod nowClosing() {
        return new KnownPod(pod, end, logTail, true);
    }

    KnownPod ended(WorkloadEnd how, String tail) {
        return new KnownPod(pod, Optional.of(how), tail, true);
    }

    boolean carries(Map<String, String> labels) {
        return PodLabels.own(pod).entrySet().containsAll(labels.entrySet());
    }

    WorkloadStatus status() {
        return new WorkloadStatus(
                name(),
                PodLabels.revision(pod),
                PodLabels.own(pod),
                phase(),
                end,
                logTail,
                Optional.empty(),
                OptionalLong.empty(),
                PodStart.created(pod, Instant.EPOCH));
    }

    private WorkloadPhase phase() {
        if (end.isPresent()) {
            return WorkloadPhase.ENDED;
        }
        if (PodReading.running(pod)) {
            return WorkloadPhase.RUNNING;
        }
        return PodStart.unscheduled(pod).isPresent() ? WorkloadPhase.WAITING : WorkloadPhase.STARTING;
    }
}
