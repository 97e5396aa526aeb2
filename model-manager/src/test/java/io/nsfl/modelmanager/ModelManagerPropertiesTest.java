package io.nsfl.modelmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.unit.DataSize;

class ModelManagerPropertiesTest {
    @Test
    void hasTheDocumentedDefaults() throws IOException {
        ModelManagerProperties properties = bind(Map.of("DB_TYPE", "mongo", "DB_ADDRESS", "db:27017"));

        assertThat(properties)
                .isEqualTo(new ModelManagerProperties(
                        "mongo",
                        "db:27017",
                        "",
                        "",
                        "federated_learning",
                        "models",
                        Duration.ofSeconds(1),
                        Path.of("/workspace"),
                        "models",
                        "posix",
                        "",
                        "",
                        "",
                        "",
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        3,
                        DataSize.ofGigabytes(64),
                        Path.of("/var/lib/nsfl/internal-secret")));
    }

    @Test
    void takesEveryVariableOfTheEnvironment() throws IOException {
        ModelManagerProperties properties = bind(Map.ofEntries(
                Map.entry("DB_TYPE", "postgreSQL"),
                Map.entry("DB_ADDRESS", "db:1"),
                Map.entry("DB_USERNAME", "u"),
                Map.entry("DB_PASSWORD", "p"),
                Map.entry("DB_NAME", "n"),
                Map.entry("DB_COLLECTION_NAME", "c"),
                Map.entry("DB_RETRY_INTERVAL", "2"),
                Map.entry("WORKSPACE", "/w"),
                Map.entry("MODELS_DIR", "m"),
                Map.entry("STORAGE_TYPE", "s3"),
                Map.entry("STORAGE_ENDPOINT", "http://s:9000"),
                Map.entry("ACCESS_KEY", "a"),
                Map.entry("SECRET_KEY", "s"),
                Map.entry("STORAGE_CERTIFICATE", "/ca.pem"),
                Map.entry("HEARTBEAT_TIMEOUT", "3"),
                Map.entry("RETRY_TIMEOUT", "4"),
                Map.entry("RETRY_TIMES", "5"),
                Map.entry("LARGEST_MODEL", "6MB"),
                Map.entry("NSFL_INTERNAL_SECRET_FILE", "/secret")));

        assertThat(properties)
                .isEqualTo(new ModelManagerProperties(
                        "postgreSQL",
                        "db:1",
                        "u",
                        "p",
                        "n",
                        "c",
                        Duration.ofSeconds(2),
                        Path.of("/w"),
                        "m",
                        "s3",
                        "http://s:9000",
                        "a",
                        "s",
                        "/ca.pem",
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        5,
                        DataSize.ofMegabytes(6),
                        Path.of("/secret")));
    }

    @Test
    void tellsAllProblemsAtOnce() {
        assertThatThrownBy(() -> bind(Map.of("STORAGE_TYPE", "s3", "MODELS_DIR", "a/b", "RETRY_TIMES", "-1")))
                .rootCause()
                .isInstanceOf(FaultException.class)
                .hasMessageContainingAll(
                        "DB_TYPE",
                        "DB_ADDRESS",
                        "MODELS_DIR",
                        "STORAGE_ENDPOINT",
                        "ACCESS_KEY",
                        "SECRET_KEY",
                        "RETRY_TIMES");
    }

    private static ModelManagerProperties bind(Map<String, Object> variables) throws IOException {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .forEach(source -> environment.getPropertySources().remove(source.getName()));
        environment.getPropertySources().addLast(new MapPropertySource("variables", variables));
        for (PropertySource<?> source :
                new YamlPropertySourceLoader().load("service", new ClassPathResource("nsfl-model-manager.yaml"))) {
            environment.getPropertySources().addLast(source);
        }
        return Binder.get(environment).bindOrCreate("nsfl.model-manager", ModelManagerProperties.class);
    }
}
