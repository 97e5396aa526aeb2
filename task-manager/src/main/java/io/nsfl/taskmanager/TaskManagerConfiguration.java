package io.nsfl.taskmanager;

import com.sun.management.OperatingSystemMXBean;
import io.grpc.ManagedChannel;
import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.grpc.GrpcServerAddress;
import io.nsfl.servicekit.grpc.GrpcServerConfiguration;
import io.nsfl.servicekit.lifecycle.ConfigurationReport;
import io.nsfl.servicekit.lifecycle.ServicePart;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.security.SecretClientInterceptor;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.ScheduledTimers;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.taskmanager.connection.Announcement;
import io.nsfl.taskmanager.connection.ServerConnection;
import io.nsfl.taskmanager.dataset.DatasetCatalog;
import io.nsfl.taskmanager.deliver.Delivery;
import io.nsfl.taskmanager.deliver.Following;
import io.nsfl.taskmanager.fetch.ArtifactCache;
import io.nsfl.taskmanager.fetch.Attempts;
import io.nsfl.taskmanager.fetch.Coordinators;
import io.nsfl.taskmanager.fetch.TaskFetch;
import io.nsfl.taskmanager.fetch.WorkspaceBuild;
import io.nsfl.taskmanager.flow.ClientLife;
import io.nsfl.taskmanager.flow.TaskFlow;
import io.nsfl.taskmanager.launch.ExecutorCaller;
import io.nsfl.taskmanager.launch.ExecutorDoor;
import io.nsfl.taskmanager.launch.ExecutorWorkload;
import io.nsfl.taskmanager.launch.Executors;
import io.nsfl.taskmanager.launch.Installation;
import io.nsfl.taskmanager.launch.JavaSdk;
import io.nsfl.taskmanager.launch.RunOrder;
import io.nsfl.taskmanager.launch.WorkingRuntimes;
import io.nsfl.taskmanager.queue.Admission;
import io.nsfl.taskmanager.queue.GpuCount;
import io.nsfl.taskmanager.queue.ResourceLedger;
import io.nsfl.taskmanager.quota.StorageQuota;
import io.nsfl.taskmanager.quota.StorageWatch;
import io.nsfl.taskmanager.task.ClientStore;
import io.nsfl.taskmanager.task.StorePlace;
import io.nsfl.taskmanager.task.TaskDesk;
import io.nsfl.taskmanager.task.TaskFiles;
import io.nsfl.taskmanager.task.TaskIds;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.process.Inheritable;
import io.nsfl.workload.process.ProcessWorkloadLauncher;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.GlobalServerInterceptor;

/** Puts the client together. The one place that reads the machine's clock, environment and randomness. */
@Configuration(proxyBeanMethods = false)
@Import(GrpcServerConfiguration.class)
public class TaskManagerConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(TaskManagerConfiguration.class);
    private static final String VERSION = "0.1.0";
    /** What the JVM of an executor needs to read mapped tensors; small, because a machine may hold many. */
    private static final List<String> EXECUTOR_JVM = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx512m");

    private final SecureRandom random = new SecureRandom();
    private final InstantSource clock = InstantSource.system();
    private final Map<String, String> environment = Inheritable.of(System.getenv());
    private final ThreadFactory threadFactory =
            Thread.ofVirtual().name("task-", 0).factory();
    private final Consumer<Throwable> uncaught = failure -> LOG.error("A step failed", failure);

    @Bean(destroyMethod = "close")
    ExecutorService clientThreads() {
        return java.util.concurrent.Executors.newThreadPerTaskExecutor(threadFactory);
    }

    @Bean(destroyMethod = "close")
    ScheduledTimers timers() {
        return new ScheduledTimers("task-manager-timers");
    }

    @Bean(destroyMethod = "shutdownNow")
    ScheduledExecutorService workloadThreads() {
        return java.util.concurrent.Executors.newScheduledThreadPool(
                1, Thread.ofPlatform().daemon().name("workloads-", 0).factory());
    }

    @Bean
    ClientStore clientStore(TaskManagerProperties properties) {
        ConfigurationReport.log(LOG, "task-manager", "setup", properties);
        LOG.info(properties.scriptPolicy().describe());
        StorePlace place = StorePlace.choose(
                properties.lmdbPath(),
                properties.workspace(),
                nodeLocalStore(properties.lmdbPath()),
                directory -> Files.getFileStore(directory).type());
        if (place.moved()) {
            LOG.warn(
                    "lmdb_path {} lies on a shared file system, where the task store would be damaged; it is kept at {} on this"
                            + " node instead. Give a directory on a local disk that outlives this process to be rid of this warning.",
                    properties.lmdbPath(),
                    place.directory());
        }
        return ClientStore.open(place.directory());
    }

    /** One for each path that was asked for: several clients of a node share no store. */
    private static Path nodeLocalStore(Path asked) {
        String name = UUID.nameUUIDFromBytes(asked.toString().getBytes(StandardCharsets.UTF_8))
                .toString();
        return Path.of(System.getProperty("user.home"), ".nsfl", "lmdb", name);
    }

    /** Where the setup puts the store, also where that had to be kept elsewhere: the client must be the same one after a restart. */
    @Bean
    ClientKey clientKey(TaskManagerProperties properties, ClientStore store) {
        ClientKey key = ClientKey.loadOrCreate(properties.lmdbPath().resolve("identity"), random);
        LOG.info("This client is {}", key.identity().id());
        return key;
    }

    @Bean
    DatasetCatalog datasetCatalog(TaskManagerProperties properties) {
        return DatasetCatalog.read(properties.datasets());
    }

    @Bean
    Installation installation(TaskManagerProperties properties) throws URISyntaxException {
        Path ownCode = Path.of(TaskManagerConfiguration.class
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

    @Bean
    WorkingRuntimes workingRuntimes(TaskManagerProperties properties, JavaSdk javaSdk, ExecutorService clientThreads) {
        Set<Runtime> wanted = properties.runtimes().isEmpty() ? EnumSet.allOf(Runtime.class) : properties.runtimes();
        return WorkingRuntimes.probe(
                new WorkingRuntimes.Probes(wanted, properties.pythons(), javaSdk.present(), environment),
                clientThreads);
    }

    @Bean
    ResourceLedger resourceLedger(TaskManagerProperties properties) {
        OperatingSystemMXBean machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        Resources capacity = Resources.newBuilder()
                .setCpu(machine.getAvailableProcessors())
                .setMemoryMb(machine.getTotalMemorySize() >> 20)
                .setGpu(GpuCount.ofThisMachine(environment))
                .build();
        Resources caps = Resources.newBuilder()
                .setCpu(properties.capCpu())
                .setMemoryMb(properties.capMemoryMb())
                .setGpu(properties.capGpu())
                .build();
        return new ResourceLedger(capacity, caps);
    }

    @Bean
    StorageQuota storageQuota(TaskManagerProperties properties) {
        return new StorageQuota(properties.workspace(), properties.storageQuotaMb() << 20);
    }

    @Bean
    Admission admission(
            TaskManagerProperties properties,
            ResourceLedger ledger,
            ClientKey key,
            WorkingRuntimes runtimes,
            DatasetCatalog datasets,
            StorageQuota quota) {
        return new Admission(
                ledger,
                new Admission.Rules(
                        key.identity().id(),
                        properties.maxTaskParallelism(),
                        runtimes::now,
                        datasets::names,
                        quota::full));
    }

    @Bean(destroyMethod = "shutdownNow")
    ManagedChannel serverChannel(TaskManagerProperties properties) {
        return Channels.open(properties.server());
    }

    @Bean
    Coordinators coordinators(ManagedChannel serverChannel) {
        return new Coordinators(serverChannel, Channels::open);
    }

    @Bean
    ServerConnection serverConnection(
            TaskManagerProperties properties,
            ManagedChannel serverChannel,
            ClientKey key,
            DatasetCatalog datasets,
            ResourceLedger ledger,
            WorkingRuntimes runtimes,
            ExecutorService clientThreads,
            Timers timers) {
        Announcement announcement = new Announcement(
                properties.name(),
                properties.address(),
                properties.platform(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                properties.labels(),
                datasets.announced(),
                ledger.capacity(),
                properties.maxTaskParallelism(),
                properties.registration(),
                VERSION);
        return new ServerConnection(
                serverChannel,
                key,
                announcement,
                runtimes.found(),
                new Mailbox("connection", clientThreads, uncaught),
                timers,
                new Backoff(ServerConnection.FIRST_WAIT, ServerConnection.LONGEST_WAIT, random));
    }

    @Bean
    TaskDesk taskDesk(
            TaskManagerProperties properties,
            ClientStore store,
            Admission admission,
            ServerConnection connection,
            ExecutorService clientThreads,
            Timers timers) {
        return new TaskDesk(
                store,
                admission,
                connection,
                new TaskIds(properties.port(), ZoneId.systemDefault()),
                new Mailbox("tasks", clientThreads, uncaught),
                timers,
                clock);
    }

    @Bean
    TaskFiles taskFiles(TaskManagerProperties properties) {
        return new TaskFiles(properties.workspace());
    }

    @Bean
    ArtifactCache artifactCache(TaskManagerProperties properties) {
        return new ArtifactCache(properties.own().resolve("cache"), properties.storageQuotaMb() << 20);
    }

    @Bean
    WorkspaceBuild workspaceBuild(TaskManagerProperties properties) {
        return new WorkspaceBuild(properties.taskConfigEntry());
    }

    @Bean
    Attempts attempts(Timers timers) {
        return new Attempts(threadFactory, timers, random);
    }

    @Bean(destroyMethod = "close")
    WorkloadLauncher workloadLauncher(TaskManagerProperties properties, ScheduledExecutorService workloadThreads) {
        return new ProcessWorkloadLauncher(properties.own().resolve("workloads"), environment, clock, workloadThreads);
    }

    @Bean
    ExecutorWorkload executorWorkload(TaskManagerProperties properties, Installation installation, JavaSdk javaSdk) {
        List<String> java = new ArrayList<>();
        java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        java.addAll(EXECUTOR_JVM);
        return new ExecutorWorkload(new ExecutorWorkload.Program(
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
                        properties.scriptNetwork(),
                        List.of(properties.lmdbPath(), nodeLocalStore(properties.lmdbPath())),
                        properties.capMemoryMb())));
    }

    private static Path addressFile(TaskManagerProperties properties) {
        return properties.own().resolve("task_manager");
    }

    @Bean
    RunOrder runOrder(TaskManagerProperties properties, TaskFiles files, WorkspaceBuild build, DatasetCatalog datasets)
            throws IOException {
        Path own = Files.createDirectories(properties.own());
        Optional<Path> paths = Optional.empty();
        if (datasets.file().isPresent()) {
            paths = Optional.of(Files.write(own.resolve("datasets.json"), JobJson.bytes(datasets.paths())));
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
            ExecutorService clientThreads,
            Timers timers) {
        Executors.Surroundings surroundings = new Executors.Surroundings(
                clientThreads,
                timers,
                () -> InternalSecret.generate(random),
                (address, credential) -> Channels.open(address, SecretClientInterceptor.executor(credential)));
        return new Executors(key.identity().id(), launcher, workload, order, store, surroundings);
    }

    @Bean
    Following following(Coordinators coordinators, Timers timers, ExecutorService clientThreads) {
        return new Following(coordinators, timers, clientThreads, random);
    }

    @Bean
    TaskFlow taskFlow(
            TaskManagerProperties properties,
            TaskDesk desk,
            Executors executors,
            Following following,
            Attempts attempts,
            ArtifactCache cache,
            Coordinators coordinators,
            WorkspaceBuild build,
            TaskFiles files,
            StorageQuota quota,
            ExecutorService clientThreads) {
        return new TaskFlow(
                desk,
                new TaskFetch(coordinators, cache, build, files, properties.scriptPolicy(), attempts),
                executors,
                new Delivery(coordinators, attempts, clock),
                following,
                attempts,
                new TaskFlow.Housekeeping(files, quota, cache, coordinators, clientThreads));
    }

    @Bean
    ExecutorDoor executorDoor(
            TaskManagerProperties properties,
            Executors executors,
            TaskDesk desk,
            Following following,
            TaskFiles files) {
        return new ExecutorDoor(executors, desk, following, files, properties.executorIdle());
    }

    @Bean
    @GlobalServerInterceptor
    @Order(GrpcServerConfiguration.FAULTS_FIRST + 1)
    ExecutorCaller executorsOnly(Executors executors) {
        return new ExecutorCaller(executors::withCredential);
    }

    @Bean
    ServicePart storePart(ClientStore store, Executors executors, Coordinators coordinators) {
        return new ServicePart("store", ServicePart.Stage.STORES, () -> {}, () -> {
            executors.close();
            coordinators.close();
            store.close();
        });
    }

    @Bean
    ServicePart clientPart(
            TaskManagerProperties properties,
            TaskDesk desk,
            TaskFlow flow,
            Executors executors,
            ServerConnection connection,
            StorageQuota quota,
            Timers timers,
            ExecutorService clientThreads,
            GrpcServerAddress address) {
        StorageWatch storage = new StorageWatch(quota, flow::tidy, connection::loadChanged, timers, clientThreads);
        ClientLife life = new ClientLife(desk, flow, executors, connection, quota, storage, addressFile(properties));
        address.started().thenAccept(life::listensAt);
        return new ServicePart("client", ServicePart.Stage.WORK, life::start, life::stop);
    }
}
