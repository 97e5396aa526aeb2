package io.nsfl.taskmanager;

import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.storage.DocumentStores;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.taskmanager.dataset.DatasetCatalog;
import io.nsfl.taskmanager.launch.ExecutorPods;
import io.nsfl.taskmanager.record.TaskCollection;
import io.nsfl.taskmanager.setup.ClusterSetup;
import io.nsfl.taskmanager.task.ClientStore;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.WorkloadResources;
import io.nsfl.workload.kubernetes.ClusterNodes;
import io.nsfl.workload.kubernetes.KubernetesAccess;
import io.nsfl.workload.kubernetes.KubernetesWorkloadLauncher;
import io.nsfl.workload.kubernetes.PodSettings;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.IntFunction;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is different for a client in a cluster. */
@Configuration(proxyBeanMethods = false)
class ClusterConfiguration {
    private static final String OWNER = "nsfl-task-manager";
    /** More than any cluster has: Kubernetes says what does not fit. */
    private static final WorkloadResources UNKNOWN = new WorkloadResources(100_000, 1L << 40, 10_000);

    @Bean
    ExecutorPlace executorPlace(TaskManagerProperties properties) {
        return properties.inCluster()
                ? new ExecutorPlace.Cluster(ClusterSetup.of(System.getenv()), KubernetesAccess.of(System.getenv()))
                : new ExecutorPlace.ThisMachine();
    }

    /** The client's own store is the truth; the database is told later, and may be away. */
    @Bean(destroyMethod = "close")
    TaskArchive taskArchive(
            ExecutorPlace place, ClientStore store, ClientKey key, ExecutorService clientThreads, Timers timers) {
        if (!(place instanceof ExecutorPlace.Cluster cluster)
                || cluster.setup().database().isEmpty()) {
            return () -> {};
        }
        ClusterSetup.TaskDatabase database = cluster.setup().database().get();
        DocumentStore documents = DocumentStores.open(database.settings());
        TaskCollection collection = new TaskCollection(
                documents, database.collection(), key.identity().id(), clientThreads, timers);
        store.writeBehind(collection::note);
        return documents::close;
    }

    /** What is open towards the database of tasks. */
    @FunctionalInterface
    interface TaskArchive extends AutoCloseable {
        @Override
        void close();
    }

    static WorkloadLauncher launcher(
            ExecutorPlace.Cluster cluster, Machine machine, ScheduledExecutorService timer, ExecutorService threads) {
        return KubernetesWorkloadLauncher.open(
                cluster.access(),
                new PodSettings(
                        cluster.access().namespace(),
                        OWNER,
                        cluster.setup().gpuResource(),
                        cluster.setup().startBound()),
                new KubernetesWorkloadLauncher.Surroundings(machine.clock(), machine.random(), timer, threads));
    }

    /** They see the workspace, the task configs and the data, and nothing else of this client. */
    static ExecutorPods pods(ClusterSetup setup, TaskManagerProperties properties, DatasetCatalog datasets) {
        List<Path> readable = new ArrayList<>();
        readable.add(properties.taskConfigEntry());
        properties.datasets().map(Path::getParent).ifPresent(readable::add);
        datasets.paths().values().forEach(path -> readable.add(Path.of(path)));
        return new ExecutorPods(
                setup.image(),
                setup.workerPort(),
                setup.httpProxy(),
                setup.httpsProxy(),
                ExecutorPods.mounts(List.of(properties.workspace()), readable, setup.claims()));
    }

    static Resources capacity(ExecutorPlace.Cluster cluster) {
        ClusterSetup.Nodes nodes = cluster.setup().nodes();
        WorkloadResources capacity = ClusterNodes.capacity(
                        cluster.access(),
                        nodes.labelKey(),
                        nodes.labelValue(),
                        cluster.setup().gpuResource())
                .orElse(UNKNOWN);
        return Resources.newBuilder()
                .setCpu(capacity.cpu())
                .setMemoryMb(capacity.memoryMb())
                .setGpu(capacity.gpu())
                .build();
    }

    /** From this client's port to the address that its executors call. */
    static IntFunction<String> callback(ExecutorPlace place) {
        return switch (place) {
            case ExecutorPlace.ThisMachine _ -> port -> "127.0.0.1:" + port;
            case ExecutorPlace.Cluster cluster ->
                port -> cluster.setup().address().orElseGet(() -> ownAddress() + ":" + port);
        };
    }

    private static String ownAddress() {
        try {
            return InetAddress.getLocalHost().getHostAddress();
        } catch (UnknownHostException e) {
            throw new UncheckedIOException("This pod does not know its own address", e);
        }
    }
}
