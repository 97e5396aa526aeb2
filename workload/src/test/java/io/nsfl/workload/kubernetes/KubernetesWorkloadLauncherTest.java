package io.nsfl.workload.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.workload.Await;
import io.nsfl.workload.WorkloadEnd;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.WorkloadLauncherContract;
import io.nsfl.workload.WorkloadService;
import io.nsfl.workload.WorkloadSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against an API server that remembers objects and has a node of sorts. */
class KubernetesWorkloadLauncherTest implements WorkloadLauncherContract {
    private static final PodSettings SETTINGS = new PodSettings(
            MockCluster.NAMESPACE, "nsfl-test", "nvidia.com/gpu", Duration.ofMinutes(5), Duration.ofSeconds(45));

    @TempDir
    Path directory;

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private MockCluster cluster;
    private KubernetesClient client;
    private KubernetesWorkloadLauncher launcher;

    @BeforeEach
    void open() throws Exception {
        new ProcessBuilder("mkfifo", pipe()).start().waitFor();
        cluster = new MockCluster(directory);
        client = cluster.connect();
        launcher = create();
    }

    @AfterEach
    void close() {
        launcher.close();
        client.close();
        cluster.close();
        timer.shutdownNow();
        threads.shutdownNow();
    }

    private KubernetesWorkloadLauncher create() {
        return KubernetesWorkloadLauncher.open(
                cluster.connect(),
                SETTINGS,
                new KubernetesWorkloadLauncher.Surroundings(InstantSource.system(), new Random(1), timer, threads));
    }

    @Override
    public WorkloadLauncher launcher() {
        return launcher;
    }

    @Override
    public WorkloadLauncher restarted() {
        launcher.close();
        launcher = create();
        return launcher;
    }

    @Override
    public WorkloadSpec.Builder placed(WorkloadSpec.Builder workload) {
        return workload.image("busybox:1");
    }

    @Override
    public String pipe() {
        return directory.resolve("pipe").toString();
    }

    @Override
    public void writeTo(String pipe) {
        try {
            Files.writeString(Path.of(pipe), "go\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static WorkloadSpec.Builder waits(String name) {
        return WorkloadSpec.of(name, "1", List.of("tail", "-f", "/dev/null")).image("busybox:1");
    }

    @Test
    void givesAPodItsSecretsInASecretThatIsRemovedWithIt() {
        launcher.launch(waits("one").secret("credential", "hidden").build());

        Pod pod =
                client.pods().inNamespace(MockCluster.NAMESPACE).withName("one").get();
        List<Secret> secrets =
                client.secrets().inNamespace(MockCluster.NAMESPACE).list().getItems();
        assertThat(secrets).singleElement().satisfies(secret -> {
            assertThat(secret.getMetadata().getName())
                    .isEqualTo(SideObjects.secretOf(pod).orElseThrow());
            assertThat(secret.getMetadata().getOwnerReferences())
                    .singleElement()
                    .satisfies(owner -> assertThat(owner.getUid())
                            .isEqualTo(pod.getMetadata().getUid()));
        });
        assertThat(pod.toString()).doesNotContain("hidden");
    }

    @Test
    void makesUpForASecretThatWasNotMadeBeforeACrash() {
        WorkloadSpec spec = waits("one").secret("credential", "hidden").build();
        launcher.launch(spec);
        client.secrets().inNamespace(MockCluster.NAMESPACE).delete();

        restarted().launch(spec);

        assertThat(client.secrets().inNamespace(MockCluster.NAMESPACE).list().getItems())
                .hasSize(1);
    }

    @Test
    void keepsTheServiceWhenAPodIsReplacedAndRemovesItWithTheWorkload() {
        WorkloadService service = new WorkloadService(List.of(new WorkloadService.Port(50051, 6000)), false);
        launcher.launch(waits("one").service(service).build());
        String uid = serviceUid("one");

        launcher.launch(WorkloadSpec.of("one", "2", List.of("tail", "-f", "/dev/null"))
                .image("busybox:1")
                .service(service)
                .build());

        assertThat(serviceUid("one")).isEqualTo(uid);
        launcher.stop("one", Duration.ZERO);
        assertThat(client.services().inNamespace(MockCluster.NAMESPACE).list().getItems())
                .isEmpty();
    }

    private String serviceUid(String name) {
        return client.services()
                .inNamespace(MockCluster.NAMESPACE)
                .withName(name)
                .get()
                .getMetadata()
                .getUid();
    }

    @Test
    void leavesAloneWhatAnotherMade() {
        client.services()
                .inNamespace(MockCluster.NAMESPACE)
                .resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName("nsfl-proxy")
                        .endMetadata()
                        .build())
                .create();
        WorkloadService service = new WorkloadService(List.of(new WorkloadService.Port(1, 1)), false);

        assertThatThrownBy(() ->
                        launcher.launch(waits("nsfl-proxy").service(service).build()))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("nsfl-test did not make");
        assertThatThrownBy(() -> launcher.stop("nsfl-proxy", Duration.ZERO)).isInstanceOf(FaultException.class);
        assertThat(serviceUid("nsfl-proxy")).isNotNull();
    }

    @Test
    void saysThatSomebodyDeletedAPod() {
        launcher.launch(waits("one").build());

        client.pods().inNamespace(MockCluster.NAMESPACE).withName("one").delete();

        Await.until(
                "the end was seen",
                () -> launcher.find("one").orElseThrow().end().equals(Optional.of(PodReading.deleted())));
    }

    @Test
    void asksAgainWhileTheApiIsAway() {
        cluster.failNext(4);

        assertThat(launcher.launch(waits("one").build()).alive()).isTrue();
        assertThat(client.pods()
                        .inNamespace(MockCluster.NAMESPACE)
                        .withName("one")
                        .get())
                .isNotNull();
    }

    @Test
    void repeatsWhatTheApiRefuses() {
        String message =
                "pods \"one\" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2";
        cluster.server()
                .expect()
                .post()
                .withPath("/api/v1/namespaces/test/pods")
                .andReturn(
                        403,
                        new StatusBuilder().withCode(403).withMessage(message).build())
                .once();

        assertThatThrownBy(() -> launcher.launch(waits("one").build()))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("exceeded quota: small")
                .hasMessageNotContaining("docs/kubernetes.md");
    }

    @Test
    void leavesTheEndOfAPodThatAnotherLauncherStartedToThatOne() {
        launcher.launch(waits("one").build());
        try (KubernetesWorkloadLauncher other = KubernetesWorkloadLauncher.open(
                cluster.connect(),
                new PodSettings(MockCluster.NAMESPACE, "another", "gpu", Duration.ofMinutes(5)),
                new KubernetesWorkloadLauncher.Surroundings(InstantSource.system(), new Random(2), timer, threads))) {
            assertThat(other.list(Map.of())).isEmpty();
            assertThatThrownBy(() -> other.stop("one", Duration.ZERO)).isInstanceOf(FaultException.class);
        }
        assertThat(launcher.find("one").orElseThrow().end()).isEqualTo(Optional.<WorkloadEnd>empty());
    }
}
