package io.nsfl.workload.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.nsfl.workload.Await;
import io.nsfl.workload.Mount;
import io.nsfl.workload.WorkloadEnd;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.WorkloadLauncherContract;
import io.nsfl.workload.WorkloadResources;
import io.nsfl.workload.WorkloadService;
import io.nsfl.workload.WorkloadSpec;
import io.nsfl.workload.WorkloadStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On the nodes of a real cluster; one node, the machine of the test, for what uses a pipe. */
class KubernetesWorkloadLauncherIT implements WorkloadLauncherContract {
    private static final ScheduledExecutorService TIMER = Executors.newScheduledThreadPool(2);
    private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();
    private static RealCluster cluster;
    private static Path directory;

    private KubernetesWorkloadLauncher launcher;

    @BeforeAll
    static void connect() throws Exception {
        cluster = RealCluster.orSkip();
        directory = Files.createTempDirectory("nsfl-it-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        String pipe = directory.resolve("pipe").toString();
        new ProcessBuilder("mkfifo", "-m", "666", pipe).start().waitFor();
    }

    @AfterAll
    static void disconnect() {
        if (cluster != null) {
            cluster.close();
        }
        TIMER.shutdownNow();
        THREADS.shutdownNow();
    }

    @BeforeEach
    void open() {
        launcher = create();
    }

    @AfterEach
    void endEverything() {
        launcher.list(Map.of()).forEach(status -> launcher.stop(status.name(), Duration.ZERO));
        launcher.close();
    }

    private static KubernetesWorkloadLauncher create() {
        return KubernetesWorkloadLauncher.open(
                cluster.connect(),
                new PodSettings(
                        cluster.namespace(),
                        "nsfl-test",
                        "nvidia.com/gpu",
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(3)),
                new KubernetesWorkloadLauncher.Surroundings(InstantSource.system(), new Random(), TIMER, THREADS));
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
        return workload.image(RealCluster.BUSYBOX)
                .mount(new Mount("pipes", new Mount.Source.Node(directory), directory, false));
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

    private WorkloadSpec.Builder script(String name, String script) {
        return placed(WorkloadSpec.of(name, "1", List.of("sh", "-c", script)));
    }

    private WorkloadStatus ended(String name) {
        Await.until(name + " ended", () -> !launcher.find(name).orElseThrow().alive());
        return launcher.find(name).orElseThrow();
    }

    private Pod pod(String name) {
        return cluster.client()
                .pods()
                .inNamespace(cluster.namespace())
                .withName(name)
                .get();
    }

    @Test
    void givesSecretsInAFileOnly() {
        launcher.launch(script("secret", "cat ${NSFL_SECRETS#file:}; env | grep -c hidden; true")
                .secret("credential", "hidden")
                .build());

        assertThat(ended("secret").logTail()).isEqualTo("{\"credential\":\"hidden\"}0\n");
    }

    @Test
    void confinesWhatItRuns() {
        launcher.launch(script(
                        "confined",
                        "id -u; touch /here 2>/dev/null || echo read-only; touch /tmp/here && echo scratch;"
                                + " ls /var/run/secrets 2>/dev/null || echo no token; grep -c 'CapEff:.*0000000000000000' /proc/self/status")
                .build());

        assertThat(ended("confined").logTail()).isEqualTo("10001\nread-only\nscratch\nno token\n1\n");
    }

    @Test
    void saysThatMemoryRanOut() {
        launcher.launch(script("hungry", "tail /dev/zero")
                .resources(new WorkloadResources(0, 16, 0))
                .build());

        assertThat(ended("hungry").end()).contains(new WorkloadEnd.OutOfMemory());
    }

    @Test
    void saysWhichImageCannotBeHad() {
        launcher.launch(
                script("no-image", "true").image("nowhere.invalid/none:1").build());

        assertThat(ended("no-image").end().orElseThrow().describe())
                .contains("nowhere.invalid/none:1")
                .contains("cannot be had");
    }

    @Test
    void saysWhyNoNodeTakesIt() {
        launcher.launch(script("huge", "true")
                .resources(new WorkloadResources(1000, 0, 0))
                .build());

        assertThat(ended("huge").end().orElseThrow().describe())
                .contains("did not start within 20 s")
                .contains("Insufficient cpu");
    }

    @Test
    void saysThatSomebodyDeletedIt() {
        launcher.launch(script("deleted", "exec tail -f /dev/null").build());
        Await.until("it runs", () -> PodReading.running(pod("deleted")));

        cluster.client()
                .pods()
                .inNamespace(cluster.namespace())
                .withName("deleted")
                .withGracePeriod(1)
                .delete();

        assertThat(ended("deleted").end()).contains(PodReading.deleted());
    }

    @Test
    void isReachedByItsName() {
        launcher.launch(script("web", "echo -e 'HTTP/1.0 200 OK\\r\\n\\r\\nhello' | nc -l -p 8080")
                .port(8080)
                .service(new WorkloadService(List.of(new WorkloadService.Port(80, 8080)), false))
                .build());
        Await.until("it runs", () -> PodReading.running(pod("web")));

        assertThat(cluster.client().raw("/api/v1/namespaces/" + cluster.namespace() + "/services/web:80/proxy/"))
                .contains("hello");
        launcher.stop("web", Duration.ZERO);
        assertThat(cluster.client()
                        .services()
                        .inNamespace(cluster.namespace())
                        .withName("web")
                        .get())
                .isNull();
    }
}
