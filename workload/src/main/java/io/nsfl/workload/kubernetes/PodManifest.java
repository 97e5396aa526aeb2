package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.nsfl.workload.WorkloadResources;
import io.nsfl.workload.WorkloadSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** From a workload's description to its pod: pure. A pod is never started again by Kubernetes; that is the platform's decision. */
final class PodManifest {
    /** Name of the container that counts. */
    static final String MAIN = "main";

    static final String PREPARE = "prepare-directories";

    /** A pod that asks for nothing is starved first by a busy node, evicted first by a full one, and refused where there are quotas. */
    private static final Quantity LEAST_CPU = new Quantity("100m");

    private static final Quantity LEAST_MEMORY = new Quantity("512Mi");

    private static final String PREPARE_PROGRAM = "/opt/nsfl/bin/prepare-directories";
    private static final long GRACE_SECONDS = 30;

    private PodManifest() {}

    /** @param secretName of the Secret that holds its secrets, where it has some */
    static Pod of(WorkloadSpec spec, PodSettings settings, String secretName) {
        PodVolumes volumes = PodVolumes.of(spec, secretName);
        return new PodBuilder()
                .withNewMetadata()
                .withName(spec.name())
                .withNamespace(settings.namespace())
                .withLabels(PodLabels.of(spec, settings))
                .withAnnotations(PodLabels.annotations(spec))
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withTerminationGracePeriodSeconds(GRACE_SECONDS)
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(PodSettings.USER)
                .withRunAsGroup(PodSettings.USER)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .withInitContainers(spec.prepared().isEmpty() ? List.of() : List.of(prepare(spec, volumes)))
                .withContainers(main(spec, settings, volumes))
                .withVolumes(volumes.volumes())
                .endSpec()
                .build();
    }

    private static Container main(WorkloadSpec spec, PodSettings settings, PodVolumes volumes) {
        return new ContainerBuilder()
                .withName(MAIN)
                .withImage(image(spec))
                .withImagePullPolicy("IfNotPresent")
                .withCommand(spec.imageEntrypoint() ? List.of() : spec.command())
                .withArgs(spec.imageEntrypoint() ? spec.command() : List.of())
                .withWorkingDir(spec.workingDirectory().map(Object::toString).orElse(null))
                .withEnv(environment(spec))
                .withPorts(spec.ports().stream().map(PodManifest::port).toList())
                .withResources(resources(spec.resources(), settings.gpuResource()))
                .withVolumeMounts(volumes.mounts())
                .withSecurityContext(confined().build())
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .build();
    }

    /** Made by the kubelet or by a user, directories may belong to somebody else; the right to change that ends with this container. */
    private static Container prepare(WorkloadSpec spec, PodVolumes volumes) {
        List<String> command =
                new ArrayList<>(List.of(PREPARE_PROGRAM, "--owner", PodSettings.USER + ":" + PodSettings.USER));
        spec.prepared().forEach(directory -> command.add(directory.toString()));
        return new ContainerBuilder()
                .withName(PREPARE)
                .withImage(image(spec))
                .withImagePullPolicy("IfNotPresent")
                .withCommand(command)
                .withResources(resources(WorkloadResources.UNLIMITED, ""))
                .withVolumeMounts(volumes.mountsOf(spec.prepared()))
                .withSecurityContext(confined()
                        .withRunAsUser(0L)
                        .withRunAsGroup(0L)
                        .withRunAsNonRoot(false)
                        .editCapabilities()
                        .withAdd("CHOWN")
                        .endCapabilities()
                        .build())
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .build();
    }

    private static SecurityContextBuilder confined() {
        SecurityContext confined = new SecurityContextBuilder()
                .withReadOnlyRootFilesystem(true)
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .build();
        return new SecurityContextBuilder(confined);
    }

    private static String image(WorkloadSpec spec) {
        return spec.image()
                .orElseThrow(
                        () -> new IllegalArgumentException("Workload " + spec.name() + " needs an image to be a pod"));
    }

    private static ContainerPort port(int number) {
        return new ContainerPortBuilder().withContainerPort(number).build();
    }

    private static List<EnvVar> environment(WorkloadSpec spec) {
        List<EnvVar> variables = new ArrayList<>();
        Map<String, String> given = new TreeMap<>(spec.environment());
        if (!spec.secrets().isEmpty()) {
            given.put(WorkloadSpec.SECRETS, "file:" + PodVolumes.SECRETS_DIRECTORY + "/" + PodVolumes.SECRETS_FILE);
        }
        // First: others may name it as $(NSFL_POD_IP).
        variables.add(new EnvVarBuilder()
                .withName("NSFL_POD_IP")
                .withNewValueFrom()
                .withNewFieldRef("v1", "status.podIP")
                .endValueFrom()
                .build());
        given.forEach((name, value) -> variables.add(
                new EnvVarBuilder().withName(name).withValue(value).build()));
        return variables;
    }

    private static ResourceRequirements resources(WorkloadResources wanted, String gpuResource) {
        Map<String, Quantity> requests = new LinkedHashMap<>();
        Map<String, Quantity> limits = new LinkedHashMap<>();
        requests.put("cpu", LEAST_CPU);
        requests.put("memory", LEAST_MEMORY);
        if (wanted.cpu() > 0) {
            Quantity cpu = new Quantity(Math.max(1, Math.round(wanted.cpu() * 1000)) + "m");
            requests.put("cpu", cpu);
            limits.put("cpu", cpu);
        }
        if (wanted.memoryMb() > 0) {
            requests.put("memory", new Quantity(wanted.memoryMb() + "Mi"));
            limits.put("memory", new Quantity(wanted.memoryMb() + wanted.ownMemoryMb() + "Mi"));
        }
        if (wanted.gpu() > 0) {
            Quantity devices = new Quantity(Integer.toString(wanted.gpu()));
            requests.put(gpuResource, devices);
            limits.put(gpuResource, devices);
        }
        return new ResourceRequirementsBuilder()
                .withRequests(requests)
                .withLimits(limits)
                .build();
    }
}
