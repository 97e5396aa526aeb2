package io.nsfl.workload.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.nsfl.workload.WorkloadEnd;
import io.nsfl.workload.WorkloadPhase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodReadingTest {
    private static final Instant MADE = Instant.parse("2026-03-01T10:00:00Z");
    private static final PodSettings SETTINGS =
            new PodSettings("nsfl", "test", "gpu", Duration.ofMinutes(5), Duration.ofSeconds(45));

    private static Pod pod(PodStatus status) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("x")
                .withCreationTimestamp(MADE.toString())
                .endMetadata()
                .withNewSpec()
                .withNodeName("node-7")
                .addNewContainer()
                .withName(PodManifest.MAIN)
                .withImage("registry/coordinator:1")
                .endContainer()
                .endSpec()
                .withStatus(status)
                .build();
    }

    private static PodStatusBuilder status(String phase, ContainerState main) {
        return new PodStatusBuilder()
                .withPhase(phase)
                .withStartTime(MADE.toString())
                .addToContainerStatuses(new ContainerStatusBuilder()
                        .withName(PodManifest.MAIN)
                        .withState(main)
                        .build());
    }

    private static ContainerState terminated(int code, String reason) {
        return new ContainerStateBuilder()
                .withNewTerminated()
                .withExitCode(code)
                .withReason(reason)
                .endTerminated()
                .build();
    }

    private static ContainerState waiting(String reason, String message) {
        return new ContainerStateBuilder().withNewWaiting(message, reason).build();
    }

    private static String told(Pod pod) {
        return PodReading.end(pod).orElseThrow().describe();
    }

    @Test
    void knowsExitsSignalsAndMemory() {
        assertThat(PodReading.end(
                        pod(status("Succeeded", terminated(0, "Completed")).build())))
                .contains(new WorkloadEnd.Exited(0));
        assertThat(PodReading.end(pod(status("Failed", terminated(2, "Error")).build())))
                .contains(new WorkloadEnd.Exited(2));
        assertThat(PodReading.end(pod(status("Failed", terminated(139, "Error")).build())))
                .contains(new WorkloadEnd.Killed(11));
        assertThat(PodReading.end(
                        pod(status("Failed", terminated(137, "OOMKilled")).build())))
                .contains(new WorkloadEnd.OutOfMemory());
    }

    @Test
    void saysWhoTookItAway() {
        assertThat(told(pod(status("Failed", terminated(137, "Error"))
                        .withReason("Evicted")
                        .withMessage("The node was low on resource: memory. ")
                        .build())))
                .isEqualTo("it was evicted by its node: The node was low on resource: memory");
        assertThat(told(pod(new PodStatusBuilder()
                        .withPhase("Running")
                        .addNewCondition()
                        .withType("DisruptionTarget")
                        .withStatus("True")
                        .withReason("DeletionByTaintManager")
                        .endCondition()
                        .build())))
                .isEqualTo("its node node-7 is lost");
        assertThat(told(pod(status("Failed", terminated(143, "Error"))
                        .addNewCondition()
                        .withType("DisruptionTarget")
                        .withStatus("True")
                        .withReason("PreemptionByScheduler")
                        .endCondition()
                        .build())))
                .startsWith("it had to make room");
    }

    @Test
    void saysThatItsNodeRefusedItOrItsDirectoriesWereNotPrepared() {
        assertThat(told(pod(new PodStatusBuilder()
                        .withPhase("Failed")
                        .withReason("OutOfmemory")
                        .withMessage("Node didn't have enough resource")
                        .build())))
                .contains("refused", "Node didn't have enough resource");
        assertThat(told(pod(status("Failed", waiting("PodInitializing", ""))
                        .addNewInitContainerStatus()
                        .withName("prepare-directories")
                        .withNewState()
                        .withNewTerminated()
                        .withExitCode(1)
                        .withMessage("/fl/out cannot be made")
                        .endTerminated()
                        .endState()
                        .endInitContainerStatus()
                        .build())))
                .isEqualTo("its directories could not be prepared: /fl/out cannot be made");
    }

    @ParameterizedTest
    @CsvSource({
        "ErrImagePull, 44, false",
        "ErrImagePull, 45, true",
        "ImagePullBackOff, 60, true",
        "InvalidImageName, 0, true"
    })
    void waitsForAnImageOnlySoLong(String reason, int seconds, boolean over) {
        Pod pod = pod(status("Pending", waiting(reason, "not found")).build());

        Optional<WorkloadEnd> failure = PodStart.failure(pod, MADE.plusSeconds(seconds), SETTINGS, Optional::empty);

        assertThat(PodReading.end(pod)).isEmpty();
        assertThat(failure.isPresent()).isEqualTo(over);
        failure.ifPresent(end -> assertThat(end.describe()).contains("registry/coordinator:1", "not found"));
    }

    @Test
    void saysWhyNoNodeTookItWhenTheBoundIsOver() {
        Pod pod = pod(new PodStatusBuilder()
                .withPhase("Pending")
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withMessage("0/3 nodes are available: 3 Insufficient memory.")
                .endCondition()
                .build());

        assertThat(PodStart.failure(pod, MADE.plusSeconds(299), SETTINGS, Optional::empty))
                .isEmpty();
        assertThat(PodStart.failure(pod, MADE.plusSeconds(300), SETTINGS, Optional::empty)
                        .orElseThrow()
                        .describe())
                .isEqualTo("it did not start within 300 s: 0/3 nodes are available: 3 Insufficient memory");
    }

    @Test
    void tellsAPodThatNoNodeHasRoomForFromOneThatIsOnItsWay() {
        Pod noRoom = pod(new PodStatusBuilder()
                .withPhase("Pending")
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .endCondition()
                .build());

        assertThat(KnownPod.of(noRoom).status().phase()).isEqualTo(WorkloadPhase.WAITING);
        assertThat(KnownPod.of(pod(status("Pending", waiting("ContainerCreating", ""))
                                .build()))
                        .status()
                        .phase())
                .isEqualTo(WorkloadPhase.STARTING);
    }

    @Test
    void asksForTheLatestComplaintWhereThePodSaysNothing() {
        Pod pod = pod(status("Pending", waiting("ContainerCreating", "")).build());

        assertThat(PodStart.failure(pod, MADE.plusSeconds(300), SETTINGS, () -> Optional.of("MountVolume.SetUp failed"))
                        .orElseThrow()
                        .describe())
                .endsWith("MountVolume.SetUp failed");
    }
}
