package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.nsfl.workload.WorkloadEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Decides when a pod that does not come to run has been waited for long enough, and says what it waits for. Pure. */
final class PodStart {
    private static final Set<String> IMAGE =
            Set.of("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "RegistryUnavailable", "ImageInspectError");
    private static final Set<String> CONTAINER =
            Set.of("CreateContainerConfigError", "CreateContainerError", "RunContainerError", "CreatePodSandboxError");
    private static final String BAD_NAME = "InvalidImageName";

    private PodStart() {}

    /** @param warning what Kubernetes last complained about this pod; asked only when the pod says nothing itself */
    static Optional<WorkloadEnd> failure(
            Pod pod, Instant now, PodSettings settings, Supplier<Optional<String>> warning) {
        Optional<ContainerStateWaiting> waiting = waiting(pod);
        String reason = waiting.map(ContainerStateWaiting::getReason).orElse("");
        String message = waiting.map(ContainerStateWaiting::getMessage).orElse("");
        Duration age = Duration.between(began(pod, now), now);
        if (reason.equals(BAD_NAME)) {
            return failed("its image " + image(pod) + " has no valid name" + PodReading.message(message));
        }
        if (IMAGE.contains(reason) && longer(age, settings.imageBound())) {
            return failed("its image " + image(pod) + " cannot be had (" + reason + ")" + PodReading.message(message));
        }
        if (CONTAINER.contains(reason) && longer(age, settings.imageBound())) {
            return failed("its container cannot be made (" + reason + ")" + PodReading.message(message));
        }
        if (longer(Duration.between(created(pod, now), now), settings.startBound())) {
            return failed("it did not start within " + settings.startBound().toSeconds() + " s"
                    + PodReading.message(unscheduled(pod).or(warning).orElse("")));
        }
        return Optional.empty();
    }

    /** Why no node has taken it so far, where one was looked for. */
    static Optional<String> unscheduled(Pod pod) {
        return Optional.ofNullable(pod.getStatus()).stream()
                .flatMap(status -> status.getConditions().stream())
                .filter(condition ->
                        "PodScheduled".equals(condition.getType()) && "False".equals(condition.getStatus()))
                .map(condition -> Optional.ofNullable(condition.getMessage()).orElse("no node was found for it"))
                .findFirst();
    }

    private static boolean longer(Duration age, Duration bound) {
        return age.compareTo(bound) >= 0;
    }

    private static Optional<WorkloadEnd> failed(String why) {
        return Optional.of(new WorkloadEnd.NotStarted(why));
    }

    private static Optional<ContainerStateWaiting> waiting(Pod pod) {
        PodStatus status = pod.getStatus();
        return status == null
                ? Optional.empty()
                : Stream.concat(status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
                        .filter(container -> container.getState() != null
                                && container.getState().getWaiting() != null)
                        .map(ContainerStatus::getState)
                        .map(state -> state.getWaiting())
                        // The main container of a pod that is being prepared waits without a reason of its own.
                        .filter(waiting -> waiting.getReason() != null
                                && !waiting.getReason().equals("PodInitializing"))
                        .findFirst();
    }

    private static String image(Pod pod) {
        return pod.getSpec().getContainers().getFirst().getImage();
    }

    /** When its node took it on. */
    private static Instant began(Pod pod, Instant otherwise) {
        return Optional.ofNullable(pod.getStatus())
                .map(PodStatus::getStartTime)
                .map(Instant::parse)
                .orElse(otherwise);
    }

    static Instant created(Pod pod, Instant otherwise) {
        return Optional.ofNullable(pod.getMetadata().getCreationTimestamp())
                .map(Instant::parse)
                .orElse(otherwise);
    }
}
