package io.nsfl.executor;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.servicekit.lifecycle.ServiceMain;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.security.StdinSecrets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** The executor's process: {@code --config_file executor.json}, its credential on standard input. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(ExecutorConfiguration.class)
public class ExecutorApplication {
    private static final String FLAG = "--config_file";

    public static void main(String[] args) {
        ServiceMain.run("executor", () -> {
            Path file = configFile(args);
            InternalSecret credential =
                    StdinSecrets.read(System.in, System.getenv()).require(StdinSecrets.CREDENTIAL);
            return start(new ExecutorStart(
                    ExecutorProperties.read(file), credential, file.getParent(), Map.copyOf(System.getenv())));
        });
    }

    /** Starts the service; the port it listens on is known to the context's {@code GrpcServerAddress}. */
    static ConfigurableApplicationContext start(ExecutorStart start) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "spring.main.banner-mode", "off",
                "spring.config.name", "executor",
                "spring.application.name", "executor",
                "spring.jmx.enabled", "false",
                "spring.grpc.server.reflection.enabled", "false",
                "spring.grpc.server.servlet.enabled", "false",
                "spring.grpc.server.shutdown.grace-period", "1s"));
        properties.put("spring.grpc.server.address", start.properties().bind());
        properties.put("spring.grpc.server.port", start.properties().port());
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("executor", properties));
        SpringApplication application = new SpringApplication(ExecutorApplication.class);
        application.setEnvironment(environment);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.addInitializers(context -> context.getBeanFactory().registerSingleton("executorStart", start));
        return application.run();
    }

    private static Path configFile(String[] args) {
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals(FLAG) && i + 1 < args.length) {
                return Path.of(args[i + 1]).toAbsolutePath();
            }
            if (args[i].startsWith(FLAG + "=")) {
                return Path.of(args[i].substring(FLAG.length() + 1)).toAbsolutePath();
            }
        }
        throw new FaultException(Fault.CONFIGURATION_INVALID, "The flag " + FLAG + " FILE is missing.");
    }
}
