package io.nsfl.workload.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.nsfl.workload.Mount;
import io.nsfl.workload.WorkloadResources;
import io.nsfl.workload.WorkloadSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodManifestTest {
    private static final PodSettings SETTINGS =
            new PodSettings("nsfl", "nsfl-job-scheduler", "amd.com/gpu", Duration.ofMinutes(5));

    private static WorkloadSpec.Builder coordinator() {
        return WorkloadSpec.of("default-mnist", "run/1", List.of("--config_file", "/workspace/c.json"))
                .imageEntrypoint()
                .image("coordinator:1")
                .label("component", "coordinator")
                .label("epoch", "1");
    }

    private static Pod pod(WorkloadSpec.Builder spec) {
        return PodManifest.of(spec.build(), SETTINGS, "default-mnist-0a");
    }

    private static Container main(WorkloadSpec.Builder spec) {
        return pod(spec).getSpec().getContainers().getFirst();
    }

    @Test
    void isFoundAgainByItsLabelsAndItsRevision() {
        Pod pod = pod(coordinator());

        assertThat(pod.getMetadata().getLabels())
                .containsEntry("app", "default-mnist")
                .containsEntry("app.kubernetes.io/component", "coordinator")
                .containsEntry("app.kubernetes.io/managed-by", "nsfl-job-scheduler")
                .containsEntry("nsfl.io/epoch", "1");
        assertThat(PodLabels.revision(pod)).isEqualTo("run/1");
        assertThat(PodLabels.own(pod)).containsEntry("epoch", "1").containsEntry("component", "coordinator");
    }

    @Test
    void givesArgumentsToTheImagesEntryPointOrReplacesIt() {
        assertThat(main(coordinator()).getCommand()).isEmpty();
        assertThat(main(coordinator()).getArgs()).containsExactly("--config_file", "/workspace/c.json");
        Container replaced =
                main(WorkloadSpec.of("x", "1", List.of("run", "it")).image("i"));
        assertThat(replaced.getCommand()).containsExactly("run", "it");
        assertThat(replaced.getArgs()).isEmpty();
    }

    @Test
    void takesEveryRightAwayThatNothingNeeds() {
        Pod pod = pod(coordinator());
        SecurityContext confined = pod.getSpec().getContainers().getFirst().getSecurityContext();

        assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getSpec().getRestartPolicy()).isEqualTo("Never");
        assertThat(pod.getSpec().getSecurityContext().getRunAsUser()).isEqualTo(10001);
        assertThat(pod.getSpec().getSecurityContext().getSeccompProfile().getType())
                .isEqualTo("RuntimeDefault");
        assertThat(confined.getReadOnlyRootFilesystem()).isTrue();
        assertThat(confined.getAllowPrivilegeEscalation()).isFalse();
        assertThat(confined.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(confined.getCapabilities().getAdd()).isEmpty();
    }

    @Test
    void preparesOnlyTheDirectoriesThatItIsTold() {
        Pod pod = pod(coordinator()
                .mount(new Mount("output", new Mount.Source.Node(Path.of("/mnt/out")), Path.of("/fl/out"), false))
                .mount(new Mount("model", new Mount.Source.Node(Path.of("/mnt/m.h5")), Path.of("/fl/m.h5"), true))
                .prepare(Path.of("/fl/out")));
        Container prepare = pod.getSpec().getInitContainers().getFirst();

        assertThat(prepare.getCommand()).endsWith("--owner", "10001:10001", "/fl/out");
        assertThat(prepare.getVolumeMounts())
                .extracting(VolumeMount::getMountPath)
                .containsExactly("/fl/out");
        assertThat(prepare.getSecurityContext().getCapabilities().getAdd()).containsExactly("CHOWN");
        assertThat(prepare.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(pod.getSpec().getVolumes())
                .filteredOn(volume -> volume.getHostPath() != null)
                .extracting(volume -> volume.getHostPath().getType())
                .containsExactly("DirectoryOrCreate", "");
        assertThat(pod(coordinator()).getSpec().getInitContainers()).isEmpty();
    }

    @Test
    void mountsSeveralPathsOfOneClaimAsOneVolume() {
        Pod pod = pod(coordinator()
                .mount(new Mount("a", new Mount.Source.Claim("shared", Path.of("ns/a")), Path.of("/fl/a"), true))
                .mount(new Mount("b", new Mount.Source.Claim("shared", Path.of("ns/b")), Path.of("/fl/b"), false)));

        assertThat(pod.getSpec().getVolumes())
                .filteredOn(volume -> volume.getPersistentVolumeClaim() != null)
                .hasSize(1);
        assertThat(pod.getSpec().getContainers().getFirst().getVolumeMounts())
                .extracting(VolumeMount::getSubPath)
                .contains("ns/a", "ns/b");
    }

    @Test
    void namesItsOwnAddressBeforeWhatUsesIt() {
        List<EnvVar> environment =
                main(coordinator().environment("NSFL_BIND", "$(NSFL_POD_IP)")).getEnv();

        assertThat(environment).extracting(EnvVar::getName).containsExactly("NSFL_POD_IP", "NSFL_BIND");
    }

    @Test
    void showsNoSecretInThePod() {
        Pod pod = pod(coordinator().secret("internal_secret", "hidden"));

        assertThat(pod.toString()).doesNotContain("hidden");
        assertThat(SideObjects.secretOf(pod)).contains("default-mnist-0a");
        assertThat(pod.getSpec().getContainers().getFirst().getEnv())
                .anySatisfy(variable ->
                        assertThat(variable.getValue()).isEqualTo("file:/nsfl/secrets/workload/secrets.json"));
    }

    @Test
    void asksForWhatAWorkerNeedsAndLimitsItWithTheProgramsOwn() {
        var resources = main(coordinator().resources(new WorkloadResources(1.5, 1024, 2, 768)))
                .getResources();

        assertThat(resources.getRequests())
                .containsEntry("cpu", new Quantity("1500m"))
                .containsEntry("memory", new Quantity("1024Mi"))
                .containsEntry("amd.com/gpu", new Quantity("2"));
        assertThat(resources.getLimits())
                .containsEntry("memory", new Quantity("1792Mi"))
                .containsEntry("amd.com/gpu", new Quantity("2"));
    }

    @Test
    void asksForALittleWhereNothingIsLimitedSoThatABusyNodeDoesNotStarveIt() {
        var resources = main(coordinator()).getResources();

        assertThat(resources.getRequests())
                .containsEntry("cpu", new Quantity("100m"))
                .containsEntry("memory", new Quantity("512Mi"));
        assertThat(resources.getLimits()).isEmpty();
    }
}
