package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.nsfl.workload.WorkloadEnd;
import java.util.List;
import java.util.Optional;

/** What a pod's status says about how it ended; words for people. Pure; the waits of a pod that has not started are {@link PodStart}'s. */
final class PodReading {
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;
    private static final int FIRST_SIGNAL = 129;
    private static final int LAST_SIGNAL = 159;

    private PodReading() {}

    static boolean running(Pod pod) {
        return mainState(pod).filter(state -> state.getRunning() != null).isPresent();
    }

    /** How it ended; empty while it may still run, or start. */
    static Optional<WorkloadEnd> end(Pod pod) {
        PodStatus status = pod.getStatus();
        if (status == null) {
            return Optional.empty();
        }
        Optional<ContainerStateTerminated> main = mainState(pod).map(ContainerState::getTerminated);
        boolean over = "Succeeded".equals(status.getPhase()) || "Failed".equals(status.getPhase()) || main.isPresent();
        Optional<PodCondition> disruption = condition(pod, "DisruptionTarget");
        if (over && main.filter(PodReading::outOfMemory).isPresent()) {
            return Optional.of(new WorkloadEnd.OutOfMemory());
        }
        if (disruption.isPresent() && (over || nodeIsLost(disruption.get()))) {
            return Optional.of(new WorkloadEnd.Removed(disrupted(pod, disruption.get())));
        }
        if (!over) {
            return Optional.empty();
        }
        if (status.getReason() != null && !status.getReason().isEmpty()) {
            return Optional.of(withReason(pod, main.isPresent()));
        }
        return Optional.of(main.map(container -> exit(pod, container)).orElseGet(() -> neverRan(pod)));
    }

    /** The last of what it wrote, as the node kept it; at most 2 KiB, of failures only. */
    static String lastWords(Pod pod) {
        return mainState(pod)
                .map(ContainerState::getTerminated)
                .map(ContainerStateTerminated::getMessage)
                .orElse("");
    }

    private static WorkloadEnd withReason(Pod pod, boolean ran) {
        String reason = pod.getStatus().getReason();
        String message = message(pod.getStatus().getMessage());
        String node = Optional.ofNullable(pod.getSpec().getNodeName()).orElse("?");
        return switch (reason) {
            case "Evicted" -> new WorkloadEnd.Removed("it was evicted by its node" + message);
            case "NodeLost", "NodeShutdown", "Shutdown", "Terminated" ->
                new WorkloadEnd.Removed("its node " + node + " is lost or was shut down" + message);
            case "Preempting" -> new WorkloadEnd.Removed("it had to make room for something more important" + message);
            case "DeadlineExceeded" -> new WorkloadEnd.Removed("Kubernetes ended it at its deadline" + message);
            default ->
                ran
                        ? new WorkloadEnd.Removed("Kubernetes ended it (" + reason + ")" + message)
                        : new WorkloadEnd.NotStarted("its node refused it (" + reason + ")" + message);
        };
    }

    private static WorkloadEnd exit(Pod pod, ContainerStateTerminated container) {
        int code = container.getExitCode() == null ? -1 : container.getExitCode();
        String reason = Optional.ofNullable(container.getReason()).orElse("");
        int signal = container.getSignal() != null && container.getSignal() > 0
                ? container.getSignal()
                : code >= FIRST_SIGNAL && code <= LAST_SIGNAL ? code - FIRST_SIGNAL + 1 : 0;
        if (reason.equals("ContainerStatusUnknown")) {
            return new WorkloadEnd.Lost();
        }
        if (reason.equals("StartError") || reason.equals("ContainerCannotRun")) {
            return new WorkloadEnd.NotStarted("its program could not be started" + message(container.getMessage()));
        }
        if ((signal == SIGTERM || signal == SIGKILL) && pod.getMetadata().getDeletionTimestamp() != null) {
            return deleted();
        }
        return signal > 0 ? new WorkloadEnd.Killed(signal) : new WorkloadEnd.Exited(code);
    }

    static WorkloadEnd deleted() {
        return new WorkloadEnd.Removed("it was deleted by somebody");
    }

    private static WorkloadEnd neverRan(Pod pod) {
        Optional<ContainerStateTerminated> prepared = containers(pod.getStatus().getInitContainerStatuses())
                .map(ContainerStatus::getState)
                .map(ContainerState::getTerminated)
                .filter(container -> container.getExitCode() != null && container.getExitCode() != 0);
        return prepared.<WorkloadEnd>map(container -> new WorkloadEnd.NotStarted(
                        "its directories could not be prepared" + message(container.getMessage())))
                .orElseGet(WorkloadEnd.Lost::new);
    }

    private static boolean outOfMemory(ContainerStateTerminated container) {
        return "OOMKilled".equals(container.getReason());
    }

    private static boolean nodeIsLost(PodCondition disruption) {
        return "DeletionByTaintManager".equals(disruption.getReason())
                || "DeletionByPodGC".equals(disruption.getReason());
    }

    private static String disrupted(Pod pod, PodCondition disruption) {
        String node = Optional.ofNullable(pod.getSpec().getNodeName()).orElse("?");
        String how = switch (Optional.ofNullable(disruption.getReason()).orElse("")) {
            case "PreemptionByScheduler" -> "it had to make room for something more important";
            case "DeletionByTaintManager", "DeletionByPodGC" -> "its node " + node + " is lost";
            case "EvictionByEvictionAPI" -> "it was evicted";
            default -> "its node " + node + " ended it";
        };
        return how + message(disruption.getMessage());
    }

    /** As the end of a sentence. */
    static String message(String given) {
        String text = given == null ? "" : given.strip();
        return text.isEmpty() ? "" : ": " + text.replaceFirst("[.\\s]+$", "");
    }

    static Optional<PodCondition> condition(Pod pod, String type) {
        return Optional.ofNullable(pod.getStatus()).stream()
                .flatMap(status -> status.getConditions().stream())
                .filter(condition -> type.equals(condition.getType()) && "True".equals(condition.getStatus()))
                .findFirst();
    }

    private static Optional<ContainerState> mainState(Pod pod) {
        return Optional.ofNullable(pod.getStatus()).stream()
                .flatMap(status -> status.getContainerStatuses().stream())
                .filter(container -> PodManifest.MAIN.equals(container.getName()))
                .map(ContainerStatus::getState)
                .filter(state -> state != null)
                .findFirst();
    }

    private static Optional<ContainerStatus> containers(List<ContainerStatus> statuses) {
        return statuses.stream().filter(status -> status.getState() != null).findFirst();
    }
}
