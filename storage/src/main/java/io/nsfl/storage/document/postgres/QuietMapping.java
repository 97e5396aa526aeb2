package io.nsfl.storage.document.postgres;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Keeps what JPA's libraries say about every table's mapping out of the services' logs, unless a service sets the level itself. */
public final class QuietMapping implements EnvironmentPostProcessor {
    private static final String WARN = "WARN";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "quiet-mapping",
                        Map.of(
                                "logging.level.org.hibernate", WARN,
                                "logging.level.org.springframework.orm", WARN,
                                "logging.level.org.springframework.data", WARN)));
    }
}
