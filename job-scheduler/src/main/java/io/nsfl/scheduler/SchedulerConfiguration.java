package io.nsfl.scheduler;

import io.grpc.ManagedChannel;
import io.nsfl.protocol.ids.IdSource;
import io.nsfl.scheduler.clients.Audience;
import io.nsfl.scheduler.clients.ClientController;
import io.nsfl.scheduler.clients.CoordinatorCalls;
import io.nsfl.scheduler.clients.SelectorCalls;
import io.nsfl.scheduler.course.Course;
import io.nsfl.scheduler.ending.Deletion;
import io.nsfl.scheduler.ending.Ending;
import io.nsfl.scheduler.ending.EndingPolicy;
import io.nsfl.scheduler.intake.FollowController;
import io.nsfl.scheduler.intake.Followers;
import io.nsfl.scheduler.intake.HealthController;
import io.nsfl.scheduler.intake.InsightController;
import io.nsfl.scheduler.intake.JobController;
import io.nsfl.scheduler.intake.JobIntake;
import io.nsfl.scheduler.job.EventLog;
import io.nsfl.scheduler.job.JobFlow;
import io.nsfl.scheduler.job.JobTable;
import io.nsfl.scheduler.job.RoundLog;
import io.nsfl.scheduler.launch.CoordinatorLog;
import io.nsfl.scheduler.launch.CoordinatorPods;
import io.nsfl.scheduler.launch.CoordinatorSettings;
import io.nsfl.scheduler.launch.JobFiles;
import io.nsfl.scheduler.launch.Launch;
import io.nsfl.scheduler.launch.StartModel;
import io.nsfl.scheduler.models.ModelLookup;
import io.nsfl.scheduler.models.ModelManagerCalls;
import io.nsfl.scheduler.models.Publication;
import io.nsfl.scheduler.queue.Admission;
import io.nsfl.scheduler.queue.AdmissionPolicy;
import io.nsfl.scheduler.recovery.Recovery;
import io.nsfl.scheduler.recovery.Takeover;
import io.nsfl.scheduler.route.JobRoutes;
import io.nsfl.scheduler.watch.HeartbeatController;
import io.nsfl.scheduler.watch.Heartbeats;
import io.nsfl.scheduler.watch.Restarts;
import io.nsfl.scheduler.watch.Watch;
import io.nsfl.scheduler.watch.WatchPolicy;
import io.nsfl.servicekit.access.AccessConfiguration;
import io.nsfl.servicekit.fault.RestFaultConfiguration;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.lifecycle.ConfigurationReport;
import io.nsfl.servicekit.lifecycle.MachineConfiguration;
import io.nsfl.servicekit.rest.PeerHttp;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.security.SecretClientInterceptor;
import io.nsfl.servicekit.time.ScheduledTimers;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.servicekit.tls.RestTlsConfiguration;
import io.nsfl.servicekit.tls.TlsProperties;
import io.nsfl.servicekit.tls.TransportSecurity;
import io.nsfl.storage.DocumentStores;
import io.nsfl.storage.document.DatabaseSettings;
import io.nsfl.storage.document.DatabaseType;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.process.Inheritable;
import io.nsfl.workload.process.ProcessWorkloadLauncher;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** All wiring of the job-scheduler. What a test or an embedding process brings itself is not made. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({SchedulerProperties.class, ExtenderProperties.class})
@Import({
    KubernetesConfiguration.class,
    MachineConfiguration.class,
    RestFaultConfiguration.class,
    AccessConfiguration.class,
    StorageLoginConfiguration.class,
    RestTlsConfiguration.class,
    RouteConfiguration.class
})
public class SchedulerConfiguration {
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean(Timers.class)
    ScheduledTimers timers() {
        return new ScheduledTimers("scheduler-timers");
    }

    @Bean(destroyMethod = "shutdownNow")
    ExecutorService jobThreads() {
        return Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("job-", 0).factory());
    }

    @Bean
    @ConditionalOnMissingBean
    InternalSecret internalSecret(SchedulerProperties properties) {
        ConfigurationReport.log(
                LoggerFactory.getLogger(SchedulerApplication.class), "job-scheduler", "nsfl.scheduler", properties);
        return InternalSecret.loadOrCreate(properties.internalSecretFile(), new SecureRandom());
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    DocumentStore documentStore(SchedulerProperties properties) {
        return DocumentStores.open(DatabaseSettings.of(
                DatabaseType.of(properties.dbType()),
                properties.dbAddress(),
                properties.dbName(),
                properties.dbUsername(),
                properties.dbPassword()));
    }

    @Bean(destroyMethod = "shutdownNow")
    ScheduledExecutorService workloadTimer() {
        return Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("workloads").factory());
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    WorkloadLauncher workloadLauncher(
            SchedulerProperties properties, InstantSource clock, ScheduledExecutorService workloadTimer) {
        return new ProcessWorkloadLauncher(
                properties.stateDirectory(), Inheritable.of(System.getenv()), clock, workloadTimer);
    }

    @Bean(destroyMethod = "shutdownNow")
    ManagedChannel selectorChannel(SchedulerProperties properties, InternalSecret secret, TransportSecurity security) {
        return Channels.open(properties.selectorAddress(), security, SecretClientInterceptor.internal(secret));
    }

    @Bean
    SelectorCalls selectorCalls(ManagedChannel selectorChannel, SchedulerProperties properties) {
        return new SelectorCalls(selectorChannel, properties.selectorAddress());
    }

    @Bean
    CoordinatorCalls coordinatorCalls(InternalSecret secret, TransportSecurity security) {
        return new CoordinatorCalls(SecretClientInterceptor.internal(secret), security);
    }

    @Bean
    JobTable jobTable(DocumentStore store, SchedulerProperties properties) {
        return new JobTable(store, properties.dbCollectionName());
    }

    @Bean
    EventLog eventLog(DocumentStore store, InstantSource clock) {
        return new EventLog(store, clock);
    }

    @Bean
    RoundLog roundLog(DocumentStore store) {
        return new RoundLog(store);
    }

    @Bean(destroyMethod = "close")
    JobFlow jobFlow(JobTable table, EventLog events, Timers timers, ExecutorService jobThreads) {
        return new JobFlow(table, events, timers, jobThreads);
    }

    @Bean
    JobFiles jobFiles(SchedulerProperties properties) {
        return new JobFiles(properties.workspace(), properties.tempDir());
    }

    @Bean
    CoordinatorLog coordinatorLog(WorkloadLauncher launcher, JobFiles files) {
        return new CoordinatorLog(launcher, files);
    }

    @Bean
    ModelManagerCalls modelManagerCalls(SchedulerProperties properties, InternalSecret secret, PeerHttp http) {
        return new ModelManagerCalls(http, properties.modelManagerAddress(), secret.hex());
    }

    @Bean
    StartModel startModel(JobFiles files, ModelManagerCalls models) {
        return new StartModel(files, new ModelLookup(models));
    }

    @Bean
    Publication publication(JobFlow flow, EventLog events, ModelManagerCalls models) {
        return new Publication(flow, events, models);
    }

    @Bean
    OwnAddress ownAddress(SchedulerProperties properties) {
        return new OwnAddress(properties.jobSchedulerAddress());
    }

    @Bean
    @ConditionalOnMissingBean
    WatchPolicy watchPolicy(SchedulerProperties properties) {
        return new WatchPolicy(
                properties.coordinatorHeartbeatTimeout(),
                Duration.ofSeconds(90),
                5,
                Duration.ofSeconds(1),
                Duration.ofSeconds(30));
    }

    @Bean
    @ConditionalOnMissingBean
    AdmissionPolicy admissionPolicy(SchedulerProperties properties) {
        int most = properties.resourceCheckMaxTimes();
        return new AdmissionPolicy(
                Duration.ofMillis(500), Duration.ofSeconds(5), most == 0 ? OptionalInt.empty() : OptionalInt.of(most));
    }

    @Bean
    @ConditionalOnMissingBean
    EndingPolicy endingPolicy() {
        return new EndingPolicy(Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofSeconds(1));
    }

    @Bean
    Watch watch(JobFlow flow, WorkloadLauncher launcher, WatchPolicy policy) {
        return new Watch(flow, new Restarts(flow, launcher, policy), policy);
    }

    @Bean
    Ending ending(
            JobFlow flow,
            CoordinatorCalls coordinators,
            WorkloadLauncher launcher,
            CoordinatorLog logs,
            SelectorCalls selector,
            JobRoutes routes,
            EndingPolicy policy,
            Timers timers,
            ExecutorService jobThreads) {
        return Ending.of(flow, coordinators, launcher, logs, selector, routes, policy, timers, jobThreads);
    }

    @Bean
    Course course(
            JobFlow flow,
            SelectorCalls selector,
            AdmissionPolicy policy,
            CoordinatorSettings coordinator,
            WorkloadLauncher launcher,
            JobFiles files,
            JobRoutes routes,
            Watch watch,
            StartModel models,
            Ending ending,
            Deletion deletion,
            Publication publication) {
        Course course = new Course(
                flow,
                new Admission(flow, selector, policy),
                new Launch(files, models, coordinator, launcher),
                routes,
                watch,
                ending,
                deletion,
                publication);
        flow.connect(course);
        return course;
    }

    @Bean
    CoordinatorSettings coordinatorSettings(
            SchedulerProperties properties,
            OwnAddress own,
            InternalSecret secret,
            TlsProperties tls,
            RouteProperties routes,
            ExtenderProperties extender,
            ObjectProvider<CoordinatorPods> pods) {
        Map<String, String> handedDown = new HashMap<>(tls.asEnvironment());
        handedDown.put("NSFL_VIA_PROXY", Boolean.toString(routes.viaProxy()));
        handedDown.putAll(extender.asEnvironment());
        return new CoordinatorSettings(
                properties.coordinatorCommand(),
                properties.coordinatorImage(),
                properties.deploymentWay(),
                pods.stream().findFirst(),
                properties.reportPeriod(),
                own,
                properties.selectorAddress(),
                secret.hex(),
                handedDown);
    }

    @Bean
    Deletion deletion(JobFlow flow, Ending ending, JobFiles files, JobTable table, EventLog events, RoundLog rounds) {
        return new Deletion(flow, ending, files, table, events, rounds);
    }

    @Bean
    Takeover takeover(
            JobTable table,
            JobFlow flow,
            WorkloadLauncher launcher,
            CoordinatorCalls coordinators,
            Watch watch,
            Ending ending,
            Publication publication,
            Timers timers,
            ExecutorService jobThreads) {
        return new Takeover(
                new Recovery(table, flow, launcher, coordinators, watch, ending, publication), timers, jobThreads);
    }

    @Bean
    JobIntake jobIntake(
            JobTable table,
            JobFlow flow,
            JobFiles files,
            StartModel models,
            IdSource ids,
            InstantSource clock,
            ZoneId zone) {
        return new JobIntake(table, flow, files, models, ids, clock, zone);
    }

    @Bean
    JobController jobController(JobIntake intake, JobTable table) {
        return new JobController(intake, table);
    }

    @Bean(destroyMethod = "close")
    Followers followers(JobTable table, EventLog events, ExecutorService jobThreads) {
        return new Followers(table, events, jobThreads);
    }

    @Bean
    FollowController followController(JobTable table, EventLog events, RoundLog rounds, Followers followers) {
        return new FollowController(table, events, rounds, followers);
    }

    @Bean
    HealthController healthController() {
        return new HealthController();
    }

    @Bean
    ClientController clientController(SelectorCalls selector, JobTable table) {
        return new ClientController(selector, new Audience(table));
    }

    @Bean
    InsightController insightController(JobTable table, SelectorCalls selector, CoordinatorLog logs, EventLog events) {
        return new InsightController(table, selector, logs, events);
    }

    @Bean
    HeartbeatController heartbeatController(
            JobFlow flow, EventLog events, RoundLog rounds, Watch watch, JobRoutes routes) {
        return new HeartbeatController(new Heartbeats(flow, events, rounds, watch, routes));
    }
}
