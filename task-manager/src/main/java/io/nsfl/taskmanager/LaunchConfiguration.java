package io.nsfl.taskmanager;

import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.grpc.GrpcServerConfiguration;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.security.SecretClientInterceptor;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.servicekit.tls.TlsFiles;
import io.nsfl.taskmanager.dataset.AccountedDatasets;
import io.nsfl.taskmanager.dataset.DatasetCatalog;
import io.nsfl.taskmanager.deliver.Following;
import io.nsfl.taskmanager.fetch.Coordinators;
import io.nsfl.taskmanager.fetch.WorkspaceBuild;
import io.nsfl.taskmanager.launch.ExecutorCaller;
import io.nsfl.taskmanager.launch.ExecutorDoor;
import io.nsfl.taskmanager.launch.ExecutorWorkload;
import io.nsfl.taskmanager.launch.Executors;
import io.nsfl.taskmanager.launch.Installation;
import io.nsfl.taskmanager.launch.JavaSdk;
import io.nsfl.taskmanager.launch.RunOrder;
import io.nsfl.taskmanager.queue.ResourceLedger;
import io.nsfl.taskmanager.task.ClientStore;
import io.nsfl.taskmanager.task.TaskDesk;
import io.nsfl.taskmanager.task.TaskFiles;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.process.ProcessWorkloadLauncher;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.GlobalServerInterceptor;

/** The executors: what they are started from, how, and where they call back. */
@Configuration(proxyBeanMethods = false)
class LaunchConfiguration {
    /** What the JVM of an executor needs to read mapped tensors; small, because a machine may hold many. */
    private static final List<String> EXECUTOR_JVM = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "-XX:+DisableAttachMechanism",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx512m");

    @Bean
    Installation installation(TaskManagerProperties properties) throws URISyntaxException {
        Path ownCode = Path.of(LaunchConfiguration.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return Installation.find(properties.installation(), ownCode);
    }

    @Bean
    JavaSdk javaSdk(TaskManagerProperties properties, Installation installation) throws IOException {
        return JavaSdk.lay(properties.own().resolve("sdk-java"), installation.javaSdkJars());
    }

    @Bean(destroyMethod = "shutdownNow")
    ScheduledExecutorService workloadThreads() {
        return java.util.concurrent.Executors.newScheduledThreadPool(
                1, Thread.ofPlatform().daemon().name("workloads-", 0).factory());
    }

    @Bean(destroyMethod = "close")
    WorkloadLauncher workloadLauncher(
            TaskManagerProperties properties,
            ExecutorPlace place,
            ScheduledExecutorService workloadThreads,
            ExecutorService clientThreads,
            Machine machine) {
        return switch (place) {
            case ExecutorPlace.ThisMachine _ ->
                new ProcessWorkloadLauncher(
                        properties.own().resolve("workloads"), machine.environment(), machine.clock(), workloadThreads);
            case ExecutorPlace.Cluster cluster ->
                ClusterConfiguration.launcher(cluster, machine, workloadThreads, clientThreads);
        };
    }

    @Bean
    ExecutorWorkload executorWorkload(
            TaskManagerProperties properties,
            ExecutorPlace place,
            Installation installation,
            JavaSdk javaSdk,
            DatasetCatalog datasets,
            AccountedDatasets accounted) {
        List<String> java = new ArrayList<>();
        java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        java.addAll(EXECUTOR_JVM);
        ExecutorWorkload.Program program = new ExecutorWorkload.Program(
                java,
                installation.executorClassPath(),
                properties.own().resolve("executors"),
                properties.workspace(),
                addressFile(properties),
                properties.pythons(),
                installation.pythonSdk().map(Path::toString).orElse(""),
                javaSdk.directory().toString(),
                new ExecutorWorkload.ScriptIsolation(
                        properties.sandbox(),
                        secrets(properties),
                        readable(properties, datasets),
                        accounted,
                        properties.capMemoryMb()),
                properties.masking());
        return new ExecutorWorkload(
                program,
                place instanceof ExecutorPlace.Cluster cluster
                        ? Optional.of(ClusterConfiguration.pods(cluster.setup(), properties, datasets))
                        : Optional.empty());
    }

    /** What makes this client the one it is, and what it keeps of its runs. */
    private static List<Path> secrets(TaskManagerProperties properties) {
        List<Path> secrets = new ArrayList<>(List.of(
                properties.lmdbPath(),
                StateConfiguration.nodeLocalStore(properties.lmdbPath()),
                StateConfiguration.stateOfRuns(properties)));
        ServerAccess access = properties.access();
        access.tls().flatMap(TlsFiles::identity).map(TlsFiles.Identity::key).ifPresent(secrets::add);
        access.enrolmentTokenFile().ifPresent(secrets::add);
        return secrets;
    }

    private static List<Path> readable(TaskManagerProperties properties, DatasetCatalog datasets) {
        List<Path> readable = new ArrayList<>(List.of(datasetsFile(properties), properties.taskConfigEntry()));
        datasets.paths().values().forEach(path -> readable.add(Path.of(path)));
        return readable;
    }

    /** The names and paths that scripts are told, without what else the owner's file says. */
    private static Path datasetsFile(TaskManagerProperties properties) {
        return properties.own().resolve("datasets.json");
    }

    static Path addressFile(TaskManagerProperties properties) {
        return properties.own().resolve("task_manager");
    }

    @Bean
    RunOrder runOrder(TaskManagerProperties properties, TaskFiles files, WorkspaceBuild build, DatasetCatalog datasets)
            throws IOException {
        Path own = Files.createDirectories(properties.own());
        Optional<Path> paths = Optional.empty();
        if (datasets.file().isPresent()) {
            paths = Optional.of(Files.write(datasetsFile(properties), JobJson.bytes(datasets.paths())));
        }
        return new RunOrder(files, build, own.resolve("cache"), paths);
    }

    @Bean
    Executors executors(
            ClientKey key,
            WorkloadLauncher launcher,
            ExecutorWorkload workload,
            RunOrder order,
            ClientStore store,
            ResourceLedger ledger,
            ExecutorService clientThreads,
            Timers timers,
            Machine machine) {
        Executors.Surroundings surroundings = new Executors.Surroundings(
                clientThreads,
                timers,
                () -> InternalSecret.generate(machine.random()),
                (address, credential) -> Channels.open(address, SecretClientInterceptor.executor(credential)));
        return new Executors(key.identity().id(), launcher, workload, order, store, ledger.capacity(), surroundings);
    }

    @Bean
    ExecutorDoor executorDoor(
            TaskManagerProperties properties,
            Executors executors,
            TaskDesk desk,
            Following following,
            TaskFiles files,
            Coordinators coordinators,
            ClientKey key) {
        return new ExecutorDoor(executors, desk, following, files, coordinators, key, properties.executorIdle());
    }

    @Bean
    @GlobalServerInterceptor
    @Order(GrpcServerConfiguration.FAULTS_FIRST + 1)
    ExecutorCaller executorsOnly(Executors executors) {
        return new ExecutorCaller(executors::withCredential);
    }
}
