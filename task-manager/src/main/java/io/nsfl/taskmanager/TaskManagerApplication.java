package io.nsfl.taskmanager;

import io.nsfl.protocol.job.Reading;
import io.nsfl.servicekit.lifecycle.ServiceMain;
import io.nsfl.taskmanager.setup.SetupReader;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** A client's process: {@code --config_file setup.json}. Its own listener, for its executors, is an ephemeral port on
 * loopback, or, where they are pods, the configured one. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(TaskManagerConfiguration.class)
public class TaskManagerApplication {
    private static final Map<String, Object> ALWAYS = Map.of(
            "spring.main.banner-mode", "off",
            "spring.config.name", "task-manager",
            "spring.application.name", "task-manager",
            "spring.grpc.server.reflection.enabled", "false",
            "spring.grpc.server.servlet.enabled", "false",
            "spring.grpc.server.shutdown.grace-period", "2s");

    public static void main(String[] args) {
        ServiceMain.run("task-manager", () -> {
            Reading<TaskManagerProperties> setup = SetupReader.read(List.of(args), System.getenv());
            setup.warnings().forEach(warning -> System.err.println("task-manager: warning: " + warning));
            return start(SetupReader.orThrow(setup));
        });
    }

    /** Starts a client in this process. */
    public static ConfigurableApplicationContext start(TaskManagerProperties properties) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("task-manager", ALWAYS));
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "task-manager-log",
                        Map.of(
                                "logging.level.io.nsfl",
                                properties.logLevel(),
                                "nsfl.tls.directory",
                                "",
                                "spring.grpc.server.address",
                                properties.inCluster() ? "0.0.0.0" : "127.0.0.1",
                                "spring.grpc.server.port",
                                properties.inCluster() ? properties.port() : 0)));
        SpringApplication application = new SpringApplication(TaskManagerApplication.class);
        application.setEnvironment(environment);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.addInitializers(context ->
                ((GenericApplicationContext) context).registerBean(TaskManagerProperties.class, () -> properties));
        return application.run();
    }
}
