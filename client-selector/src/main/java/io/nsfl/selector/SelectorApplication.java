package io.nsfl.selector;

import io.nsfl.servicekit.lifecycle.ServiceMain;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** The client-selector's process: {@code --config_file client_selector_setup.json}, database by environment variables. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(SelectorConfiguration.class)
public class SelectorApplication {
    private static final Map<String, Object> ALWAYS = Map.of(
            "spring.main.banner-mode", "off",
            // Its own name: beside other services in one process it must not read their files.
            "spring.config.name", "client-selector",
            "spring.application.name", "client-selector",
            "spring.grpc.server.reflection.enabled", "false",
            "spring.grpc.server.servlet.enabled", "false",
            "spring.grpc.server.shutdown.grace-period", "2s");

    public static void main(String[] args) {
        ServiceMain.run("client-selector", () -> start(SelectorSetup.read(List.of(args), System.getenv())));
    }

    /**
     * Starts the service with these properties ({@link SelectorProperties}, {@code spring.grpc.server.address} and {@code .port}), in a process
     * of its own or beside others. The port it listens on is known to the context's {@code GrpcServerAddress}.
     */
    public static ConfigurableApplicationContext start(Map<String, Object> properties) {
        Map<String, Object> all = new HashMap<>(ALWAYS);
        all.putAll(properties);
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("client-selector", all));
        SpringApplication application = new SpringApplication(SelectorApplication.class);
        application.setEnvironment(environment);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run();
    }
}
