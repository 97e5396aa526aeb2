package io.nsfl.executor;

import io.nsfl.executor.link.ClientSignature;
import io.nsfl.executor.link.ExecutorEndpoint;
import io.nsfl.executor.link.MaskingStreams;
import io.nsfl.executor.link.TaskManagerLink;
import io.nsfl.executor.masking.Maskers;
import io.nsfl.executor.masking.Masking;
import io.nsfl.executor.masking.PrivateUpdates;
import io.nsfl.executor.script.PreparedJava;
import io.nsfl.executor.script.PreparedPython;
import io.nsfl.executor.script.RuntimeStarters;
import io.nsfl.executor.task.ScriptEnvironment;
import io.nsfl.executor.task.TaskDesk;
import io.nsfl.executor.task.TaskTools;
import io.nsfl.federation.secagg.CertifiedPeers;
import io.nsfl.federation.secagg.ClientPolicy;
import io.nsfl.federation.secagg.PeerTrust;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.ExecutorServiceGrpc;
import io.nsfl.sandbox.Isolation;
import io.nsfl.sandbox.JavaPrograms;
import io.nsfl.sandbox.OomKills;
import io.nsfl.sandbox.PlainProcesses;
import io.nsfl.sandbox.ScriptStarter;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.grpc.GrpcServerAddress;
import io.nsfl.servicekit.grpc.GrpcServerConfiguration;
import io.nsfl.servicekit.lifecycle.ServicePart;
import io.nsfl.servicekit.security.SecretClientInterceptor;
import io.nsfl.servicekit.security.SecretServerInterceptor;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.ScheduledTimers;
import io.nsfl.servicekit.time.Timers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.grpc.server.GlobalServerInterceptor;

/** All wiring of the executor. */
@Configuration(proxyBeanMethods = false)
@Import(GrpcServerConfiguration.class)
class ExecutorConfiguration {
    private static final Logger log = LoggerFactory.getLogger(ExecutorConfiguration.class);

    @Bean
    ScheduledTimers timers() {
        return new ScheduledTimers("timers");
    }

    @Bean
    InstantSource clock() {
        return InstantSource.system();
    }

    @Bean
    @GlobalServerInterceptor
    SecretServerInterceptor onlyTheTaskManager(ExecutorStart start) {
        return SecretServerInterceptor.executor(start.credential(), Set.of(ExecutorServiceGrpc.SERVICE_NAME));
    }

    @Bean
    Isolation isolation(ExecutorStart start, ScriptEnvironment scripts) throws IOException {
        return ScriptConfinement.find(start, scripts);
    }

    /** What stands ready for scripts of this executor's runtime. */
    record Prepared(Optional<PreparedPython> python, Optional<PreparedJava> java) {}

    @Bean
    Prepared prepared(ExecutorStart start, ScriptEnvironment scripts, Isolation isolation) {
        ExecutorProperties properties = start.properties();
        if (ScriptConfinement.refuses(properties, isolation)) {
            return new Prepared(Optional.empty(), Optional.empty());
        }
        return properties.knownRuntime() == Runtime.DL4J
                ? new Prepared(Optional.empty(), java(start, scripts, isolation))
                : new Prepared(python(start, scripts, isolation), Optional.empty());
    }

    private static Optional<PreparedPython> python(
            ExecutorStart start, ScriptEnvironment scripts, Isolation isolation) {
        ExecutorProperties properties = start.properties();
        return properties.sdkPython().isBlank()
                ? Optional.empty()
                : Optional.of(new PreparedPython(
                        properties.python(),
                        Path.of(properties.sdkPython()),
                        scripts.base(),
                        start.directory().resolve("prepared-python.log"),
                        isolation));
    }

    private static Optional<PreparedJava> java(ExecutorStart start, ScriptEnvironment scripts, Isolation isolation) {
        ExecutorProperties properties = start.properties();
        if (properties.sdkJavaEntries().isEmpty()) {
            return Optional.empty();
        }
        JavaPrograms programs = new JavaPrograms(ScriptConfinement.compiled(start), properties.sdkJavaEntries());
        return Optional.of(new PreparedJava(
                properties.java(),
                programs,
                scripts.base(),
                ScriptConfinement.jvms(start),
                ScriptConfinement.natives(start),
                isolation,
                properties.workers().size() > 1));
    }

    @Bean
    ScriptEnvironment scriptEnvironment(ExecutorStart start) {
        return new ScriptEnvironment(
                BaseEnvironment.of(start.environment(), start.properties()),
                Path.of(start.properties().sdkPython()));
    }

    @Bean
    TaskManagerLink.Dialling dialling(ExecutorStart start) {
        return new TaskManagerLink.Dialling(
                start.properties()::currentTaskManager,
                target -> Channels.open(target, SecretClientInterceptor.executor(start.credential())));
    }

    private static Backoff backoff() {
        return new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), ThreadLocalRandom.current());
    }

    private static PeerTrust trust(ExecutorProperties properties) {
        if (properties.authorities().isEmpty()) {
            return PeerTrust.SERVER;
        }
        byte[] authorities = properties.authorities().getBytes(StandardCharsets.US_ASCII);
        try {
            return CertifiedPeers.of(new ByteArrayInputStream(authorities), InstantSource.system());
        } catch (CertificateException malformed) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "secure_aggregation.ca_file of the client's setup holds no certificate that can be read: "
                            + malformed.getMessage(),
                    malformed);
        }
    }

    @Bean
    Masking masking(ExecutorStart start, TaskManagerLink.Dialling dialling, Timers timers) {
        ExecutorProperties properties = start.properties();
        Executor threads = task -> Thread.ofVirtual().start(task);
        return new Maskers(
                new PrivateUpdates(ScriptConfinement.hiddenFromScripts(start)),
                new ClientPolicy(properties.minSurvivors(), trust(properties)),
                new ClientSignature(
                        properties.executorId(),
                        dialling,
                        properties.certificate().getBytes(StandardCharsets.US_ASCII)),
                new SecureRandom(),
                new MaskingStreams(properties.executorId(), dialling, timers, threads, ExecutorConfiguration::backoff),
                threads);
    }

    @Bean
    TaskTools taskTools(
            ExecutorStart start,
            ScriptEnvironment environment,
            Prepared prepared,
            Isolation isolation,
            Timers timers,
            Masking masking) {
        ScriptStarter starter = ScriptConfinement.refuses(start.properties(), isolation)
                ? ScriptConfinement.refusal()
                : new RuntimeStarters(
                        start.properties().python(), prepared.python(), prepared.java(), new PlainProcesses(isolation));
        return new TaskTools(
                environment,
                start.properties().own(),
                starter,
                modules -> preload(prepared.python(), modules),
                timers,
                new OomKills(),
                Optional.of(masking));
    }

    @Bean
    TaskManagerLink taskManagerLink(
            ExecutorStart start,
            GrpcServerAddress address,
            TaskManagerLink.Dialling dialling,
            Timers timers,
            InstantSource clock,
            ConfigurableApplicationContext context) {
        ExecutorProperties properties = start.properties();
        return new TaskManagerLink(
                new TaskManagerLink.Identity(
                        properties.executorId(),
                        () -> start.reachable() + ":" + address.port(),
                        ProcessHandle.current().pid()),
                dialling,
                new Mailbox(
                        "link",
                        task -> Thread.ofVirtual().start(task),
                        failure -> log.error("The link to the task-manager failed", failure)),
                timers,
                clock,
                ExecutorConfiguration::backoff,
                reason -> end(context, reason));
    }

    @Bean
    TaskDesk taskDesk(TaskTools tools, InstantSource clock, TaskManagerLink link) {
        return new TaskDesk(tools, clock, link);
    }

    @Bean
    ExecutorEndpoint executorEndpoint(ExecutorStart start, TaskDesk desk) {
        ExecutorProperties properties = start.properties();
        return new ExecutorEndpoint(
                properties.executorId(),
                new ExecutorEndpoint.ServedRun(properties.namespace(), properties.job(), properties.run()),
                desk);
    }

    @Bean
    ServicePart announcement(GrpcServerAddress address, TaskManagerLink link) {
        return new ServicePart(
                "announcement",
                ServicePart.Stage.CONNECTIONS,
                () -> address.started().thenRun(link::start),
                link::stop);
    }

    @Bean
    ServicePart work(TaskDesk desk, Prepared prepared) {
        return new ServicePart(
                "work", ServicePart.Stage.WORK, () -> Thread.ofVirtual().start(() -> prepare(prepared)), () -> {
                    desk.close();
                    prepared.python().ifPresent(PreparedPython::close);
                    prepared.java().ifPresent(PreparedJava::close);
                });
    }

    private static void prepare(Prepared prepared) {
        try {
            if (prepared.python().isPresent()) {
                prepared.python().get().prepare();
            }
            if (prepared.java().isPresent()) {
                prepared.java().get().prepare();
            }
        } catch (IOException e) {
            log.warn("Nothing is prepared for scripts ({}); the first one says more", e.getMessage());
        }
    }

    private static void preload(Optional<PreparedPython> python, List<String> modules) {
        python.ifPresent(prepared -> {
            try {
                prepared.preload(modules);
            } catch (IOException e) {
                log.warn("Modules {} are not imported ahead: {}", modules, e.getMessage());
            }
        });
    }

    /** On a thread of its own: the context waits for what calls this. */
    private static void end(ConfigurableApplicationContext context, String reason) {
        log.info("The executor ends: {}", reason);
        Thread.ofPlatform().name("end").start(() -> System.exit(SpringApplication.exit(context, () -> 0)));
    }
}
