package io.nsfl.coordinator;

import io.nsfl.coordinator.report.RunReport;
import io.nsfl.coordinator.report.SchedulerReport;
import io.nsfl.coordinator.round.Ended;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.coordinator.run.JobRun;
import io.nsfl.servicekit.grpc.GrpcServerAddress;
import io.nsfl.servicekit.lifecycle.ExitCodes;
import io.nsfl.servicekit.lifecycle.ServiceMain;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.security.StdinSecrets;
import io.nsfl.servicekit.tls.TlsProperties;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** A coordinator's process: plays one run and ends with it. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(CoordinatorConfiguration.class)
public class CoordinatorApplication {
    /** How long the end of the process waits for the scheduler to learn of it. */
    private static final Duration LAST_WORD = Duration.ofMinutes(10);

    public static void main(String[] args) {
        ConfigurableApplicationContext context = ServiceMain.run("coordinator", () -> {
            StdinSecrets secrets = StdinSecrets.read(System.in, System.getenv());
            CoordinatorProperties properties = CoordinatorSetup.read(
                    List.of(args), System.getenv(), warning -> System.err.println("coordinator: " + warning));
            Optional<InternalSecret> secret =
                    properties.direct() ? Optional.empty() : Optional.of(secrets.require(StdinSecrets.INTERNAL_SECRET));
            return startOrTell(properties, secret);
        });
        if (context != null) {
            int code = play(context);
            context.close();
            System.exit(code);
        }
    }

    /** Starts; the job-scheduler learns of a start that would fail again. */
    static ConfigurableApplicationContext startOrTell(
            CoordinatorProperties properties, Optional<InternalSecret> secret) {
        try {
            return start(properties, secret);
        } catch (RuntimeException failed) {
            FailedStart.tell(properties, secret, TlsProperties.in(new StandardEnvironment()), failed, LAST_WORD);
            throw failed;
        }
    }

    /** Starts everything but the rounds. */
    static ConfigurableApplicationContext start(CoordinatorProperties properties, Optional<InternalSecret> secret) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "coordinator",
                        Map.of(
                                CoordinatorConfiguration.DIRECT,
                                Boolean.toString(properties.direct()),
                                CoordinatorConfiguration.SCHEDULED,
                                Boolean.toString(properties.schedulerAddress().isPresent()),
                                "spring.main.banner-mode",
                                "off",
                                "spring.config.name",
                                "coordinator-service",
                                "spring.application.name",
                                "coordinator",
                                "spring.grpc.server.reflection.enabled",
                                "false",
                                "spring.grpc.server.shutdown.grace-period",
                                "2s",
                                "spring.grpc.server.address",
                                properties.bind(),
                                "spring.grpc.server.port",
                                properties.port(),
                                "logging.level.root",
                                properties.logLevel())));
        SpringApplication application = new SpringApplication(CoordinatorApplication.class);
        application.setEnvironment(environment);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.addInitializers(context -> {
            GenericApplicationContext registry = (GenericApplicationContext) context;
            registry.registerBean(CoordinatorProperties.class, () -> properties);
            secret.ifPresent(value -> registry.registerBean(InternalSecret.class, () -> value));
        });
        return application.run();
    }

    /** Plays the run to the end of this process's part in it. @return the exit code */
    static int play(ConfigurableApplicationContext context) {
        Logger log = LoggerFactory.getLogger(CoordinatorApplication.class);
        RunReport report = context.getBean(RunReport.class);
        report.state(RunState.STARTING, "");
        JobRun run = context.getBean(JobRun.class);
        try {
            Ended ended = context.getBean(GrpcServerAddress.class)
                    .started()
                    .thenCompose(_ -> run.play())
                    .toCompletableFuture()
                    .join();
            return switch (ended.how()) {
                case COMPLETE -> {
                    lastWord(context);
                    yield ended.state().filter(RunState.FAILED::equals).isPresent() ? ExitCodes.FAILED : ExitCodes.OK;
                }
                case SUPERSEDED -> {
                    log.warn("This coordinator ends: {}", ended.reason());
                    yield ExitCodes.SUPERSEDED;
                }
                case BROKEN -> {
                    log.error("This coordinator cannot go on: {}", ended.reason());
                    yield ExitCodes.FAILED;
                }
            };
        } catch (CompletionException defect) {
            log.error("This coordinator failed", defect.getCause());
            return ExitCodes.of(defect);
        }
    }

    private static void lastWord(ConfigurableApplicationContext context) {
        context.getBeanProvider(SchedulerReport.class)
                .ifAvailable(report -> report.lastDelivered()
                        .completeOnTimeout(null, LAST_WORD.toMillis(), TimeUnit.MILLISECONDS)
                        .join());
    }
}
