package io.nsfl.coordinator;

import io.grpc.BindableService;
import io.grpc.netty.NettyServerBuilder;
import io.nsfl.coordinator.broadcast.TaskEndpoint;
import io.nsfl.coordinator.broadcast.TaskGate;
import io.nsfl.coordinator.checkpoint.RunOutputs;
import io.nsfl.coordinator.extender.ExtenderProcesses;
import io.nsfl.coordinator.masking.MaskingEndpoint;
import io.nsfl.coordinator.report.ControlEndpoint;
import io.nsfl.coordinator.report.CurrentStatus;
import io.nsfl.coordinator.report.LogReport;
import io.nsfl.coordinator.report.Reports;
import io.nsfl.coordinator.report.RunReport;
import io.nsfl.coordinator.report.SchedulerReport;
import io.nsfl.coordinator.run.JobRun;
import io.nsfl.coordinator.run.Lanes;
import io.nsfl.coordinator.run.RunIdentity;
import io.nsfl.coordinator.run.RunPlan;
import io.nsfl.coordinator.selection.ClientSelection;
import io.nsfl.coordinator.updates.StageArea;
import io.nsfl.coordinator.updates.UpdateFormat;
import io.nsfl.coordinator.updates.UpdateIntake;
import io.nsfl.coordinator.updates.UploadBudget;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.IdSource;
import io.nsfl.protocol.job.Scripts;
import io.nsfl.protocol.v1.CoordinatorControlGrpc;
import io.nsfl.sandbox.Isolation;
import io.nsfl.sandbox.Landlock;
import io.nsfl.sandbox.OomKills;
import io.nsfl.sandbox.PlainProcesses;
import io.nsfl.sandbox.Sandbox;
import io.nsfl.servicekit.grpc.GrpcServerAddress;
import io.nsfl.servicekit.grpc.GrpcServerConfiguration;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.security.SecretServerInterceptor;
import io.nsfl.servicekit.security.StdinSecrets;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.ScheduledTimers;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.servicekit.tls.TlsProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/** What a coordinator is made of. {@link CoordinatorProperties} and, with a selector, the internal secret come from the command line. */
@Configuration(proxyBeanMethods = false)
@Import({GrpcServerConfiguration.class, HostedClientsConfiguration.class, SelectedClientsConfiguration.class})
public class CoordinatorConfiguration {
    private static final Logger log = LoggerFactory.getLogger(CoordinatorConfiguration.class);

    /** Property: whether the clients' sessions are hosted here. */
    static final String DIRECT = "nsfl.coordinator.direct";

    /** Property: whether a job-scheduler is told. */
    static final String SCHEDULED = "nsfl.coordinator.scheduled";

    /** Results that are on their way in at one time; others are told to come back. */
    private static final long UPLOAD_BYTES = 2L << 30;

    /** What a process needs to live; nothing else of the coordinator's environment reaches an extender. */
    private static final Set<String> EXTENDERS_GET = Set.of("PATH", "HOME", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH");

    private static final long LARGEST_FILE_OF_AN_EXTENDER = 8L << 30;

    /** So that some may write to a slow disk while others go on. */
    private static final int LEAST_CALL_THREADS = 8;

    @Bean
    InstantSource clock() {
        return InstantSource.system();
    }

    @Bean
    IdSource idSource() {
        return () -> UUID.randomUUID().toString();
    }

    @Bean(destroyMethod = "close")
    ScheduledTimers timers() {
        return new ScheduledTimers("timers");
    }

    /** Threads for the lanes, which wait for disks and other processes. */
    @Bean(destroyMethod = "shutdownNow")
    @Primary
    ExecutorService threads() {
        return Executors.newCachedThreadPool(
                Thread.ofPlatform().daemon().name("lane-", 0).factory());
    }

    /**
     * Threads for calls and streams of clients: few, however many clients there are. Nothing on them waits for another; a thread each for a
     * thousand clients would cost their stacks, and a buffer each for what they read.
     */
    @Bean(destroyMethod = "shutdownNow")
    ExecutorService callThreads() {
        int count = Math.max(LEAST_CALL_THREADS, 2 * Runtime.getRuntime().availableProcessors());
        return Executors.newFixedThreadPool(
                count, Thread.ofPlatform().daemon().name("call-", 0).factory());
    }

    @Bean
    ServerBuilderCustomizer<NettyServerBuilder> callsOnFewThreads(@Qualifier("callThreads") Executor callThreads) {
        return builder -> builder.executor(callThreads);
    }

    @Bean
    Lanes lanes(ExecutorService threads, Timers timers) {
        return new Lanes(
                mailbox("decisions", threads),
                mailbox("disk", threads),
                mailbox("calls", threads),
                mailbox("background", threads),
                timers);
    }

    @Bean(destroyMethod = "close")
    Scratch scratch() {
        return Scratch.create();
    }

    @Bean
    RunIdentity runIdentity(CoordinatorProperties properties, Optional<InternalSecret> secret, IdSource ids) {
        return properties.direct()
                ? RunIdentity.own(properties.job(), properties.journals(), properties.keys(), ids, new SecureRandom())
                : RunIdentity.given(
                        properties.job(),
                        properties.run().orElseGet(ids::next),
                        properties.epoch(),
                        secret.orElseThrow().bytes(),
                        properties.journals());
    }

    @Bean
    RunPlan runPlan(CoordinatorProperties properties, RunIdentity identity, ObjectProvider<GrpcServerAddress> server) {
        Supplier<String> address = properties.direct() || properties.viaProxy()
                ? () -> ""
                : () -> reachable(properties.bind()) + ":" + server.getObject().port();
        return RunPlan.of(properties.job(), identity.ref(), identity.key(), address);
    }

    @Bean
    CurrentStatus currentStatus(RunIdentity identity) {
        return new CurrentStatus(identity.ref());
    }

    /** Everybody who is told; the one that the run talks to. */
    @Bean
    @Primary
    RunReport runReport(
            CoordinatorProperties properties,
            CurrentStatus status,
            Optional<SchedulerReport> scheduler,
            InstantSource clock) {
        List<RunReport> reports = new ArrayList<>();
        reports.add(status);
        reports.add(new LogReport(properties.job().hyperParameters().maxRoundNum(), clock));
        scheduler.ifPresent(reports::add);
        return new Reports(reports);
    }

    @Bean(destroyMethod = "close")
    JobRun jobRun(
            CoordinatorProperties properties,
            RunPlan plan,
            RunIdentity identity,
            Scratch scratch,
            ClientSelection selection,
            RunReport report,
            Lanes lanes,
            InstantSource clock) {
        Path template = Path.of(plan.job().modelPath().orElseThrow());
        String name = template.getFileName().toString();
        RunOutputs outputs = new RunOutputs(
                properties.output(),
                properties.workspace(),
                plan.job().key().id(),
                properties.checkpointsDirectory(),
                name.substring(name.lastIndexOf('.') + 1));
        JobRun.Places places = new JobRun.Places(
                template,
                plan.job().scripts().map(Scripts::path).map(Path::of),
                scratch.directory(),
                outputs,
                plan.job().method().extender().map(_ -> extenders(properties, scratch, lanes.timers())));
        return JobRun.open(plan, places, identity.journal(), selection, report, lanes, clock, new SecureRandom());
    }

    /** In a sandbox an extender writes to its own directory only, reads no journal, no key and no secret, and reaches no other machine. */
    private static ExtenderProcesses extenders(CoordinatorProperties properties, Scratch scratch, Timers timers) {
        Map<String, String> environment = new TreeMap<>(System.getenv());
        environment.keySet().retainAll(EXTENDERS_GET);
        environment.putIfAbsent("LANG", "C.UTF-8");
        Path own = scratch.directory().resolve("extender");
        try {
            Files.createDirectories(own);
        } catch (IOException failed) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE,
                    "No directory for the extender can be made: " + failed.getMessage(),
                    failed);
        }
        List<Path> hidden = new ArrayList<>(List.of(properties.journals(), properties.keys()));
        StdinSecrets.file(System.getenv()).map(Path::getParent).ifPresent(hidden::add);
        String tls = TlsProperties.in(new StandardEnvironment()).directory();
        if (!tls.isBlank()) {
            hidden.add(Path.of(tls));
        }
        Sandbox.Rules rules = new Sandbox.Rules(List.of(own), List.of(), List.of(), hidden, false);
        List<String> sandbox = Sandbox.find("bwrap", rules, environment);
        Isolation isolation = new Isolation(
                sandbox,
                sandbox.isEmpty()
                        ? new Landlock(hidden, List.of(), List.of(own), false).ifItWorks(environment)
                        : Optional.empty(),
                properties.extender().memoryMb() << 20,
                LARGEST_FILE_OF_AN_EXTENDER);
        log.info("The extender is kept apart by {}", isolation.describe());
        return new ExtenderProcesses(
                new PlainProcesses(isolation), timers, new OomKills(), environment, properties.extender());
    }

    @Bean
    TaskGate taskGate(RunIdentity identity) {
        return new TaskGate(
                identity.key(),
                identity.ref().getNamespace(),
                identity.ref().getJob(),
                identity.ref().getRun());
    }

    @Bean
    BindableService secureAggregationService(
            TaskGate gate, JobRun run, Timers timers, @Qualifier("callThreads") Executor callThreads) {
        return new MaskingEndpoint(gate, run.maskingDesk(), timers, callThreads);
    }

    @Bean
    BindableService taskService(
            TaskGate gate,
            RunPlan plan,
            JobRun run,
            Scratch scratch,
            Timers timers,
            @Qualifier("callThreads") Executor callThreads) {
        UpdateIntake intake = new UpdateIntake(
                gate,
                run.desk(),
                UpdateFormat.of(plan.job().method()),
                new StageArea(scratch.directory().resolve("stage")),
                new UploadBudget(UPLOAD_BYTES));
        return new TaskEndpoint(gate, run.desk(), intake, timers, callThreads).service();
    }

    /** Without an internal secret nobody could prove to be the scheduler; every call is refused then. */
    @Bean
    BindableService controlService(CurrentStatus status, JobRun run) {
        return new ControlEndpoint(status, run::stop);
    }

    @Bean
    @GlobalServerInterceptor
    @Order(GrpcServerConfiguration.FAULTS_FIRST + 1)
    SecretServerInterceptor controlGuard(Optional<InternalSecret> secret) {
        return SecretServerInterceptor.internal(
                secret.orElseGet(() -> InternalSecret.generate(new SecureRandom())),
                Set.of(CoordinatorControlGrpc.SERVICE_NAME));
    }

    /** Nobody waits for a receipt of a server that stops. */
    @Bean
    ApplicationListener<ContextClosedEvent> farewell(JobRun run) {
        return closed -> run.leave();
    }

    static Mailbox mailbox(String name, ExecutorService threads) {
        return new Mailbox(name, threads, defect -> log.error("A task of {} failed", name, defect));
    }

    /** A server on all addresses is reached at this machine's own. */
    static String reachable(String bind) {
        return bind.equals("0.0.0.0") ? "127.0.0.1" : bind;
    }
}
