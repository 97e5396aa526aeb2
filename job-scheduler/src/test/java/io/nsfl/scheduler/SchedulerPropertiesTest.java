package io.nsfl.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.nsfl.protocol.fault.FaultException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

class SchedulerPropertiesTest {
    private static final Map<String, Object> NEEDED = Map.of(
            "DB_ADDRESS",
            "db:5432",
            "DB_USERNAME",
            "nsfl",
            "SELECTOR_ADDRESS",
            "selector:50055",
            "COORDINATOR_COMMAND",
            "java,Main");

    @Test
    void hasTheDocumentedDefaults() throws Exception {
        SchedulerProperties properties = bind(NEEDED);

        assertThat(properties.dbName()).isEqualTo("federated_learning");
        assertThat(properties.dbCollectionName()).isEqualTo("jobs");
        assertThat(properties.workspace()).isEqualTo(Path.of("/workspace"));
        assertThat(properties.tempDir()).isEqualTo("tmp");
        assertThat(properties.reportPeriod()).isEqualTo(Duration.ofSeconds(10));
        assertThat(properties.coordinatorHeartbeatTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(properties.resourceCheckMaxTimes()).isZero();
    }

    @Test
    void takesEveryVariableOfTheEnvironment() throws Exception {
        SchedulerProperties properties = bind(Map.ofEntries(
                Map.entry("DB_TYPE", "postgreSQL"),
                Map.entry("DB_ADDRESS", "db:1"),
                Map.entry("DB_USERNAME", "u"),
                Map.entry("DB_PASSWORD", "p"),
                Map.entry("DB_NAME", "n"),
                Map.entry("DB_COLLECTION_NAME", "c"),
                Map.entry("SELECTOR_ADDRESS", "s:2"),
                Map.entry("JOB_SCHEDULER_ADDRESS", "j:3"),
                Map.entry("WORKSPACE", "/w"),
                Map.entry("TEMP_DIR", "t"),
                Map.entry("DEPLOYMENT_WAY", "process"),
                Map.entry("COORDINATOR_COMMAND", "a,b"),
                Map.entry("COORDINATOR_IMAGE", "i"),
                Map.entry("REPORT_PERIOD", "4"),
                Map.entry("RESOURCE_CHECK_MAX_TIMES", "5"),
                Map.entry("COORDINATOR_HEARTBEAT_TIMEOUT", "60"),
                Map.entry("NSFL_STATE_DIR", "/s"),
                Map.entry("NSFL_INTERNAL_SECRET_FILE", "/f")));

        assertThat(properties)
                .isEqualTo(new SchedulerProperties(
                        "postgreSQL",
                        "db:1",
                        "u",
                        "p",
                        "n",
                        "c",
                        "s:2",
                        "j:3",
                        "",
                        Path.of("/w"),
                        "t",
                        "process",
                        "process",
                        List.of("a", "b"),
                        "i",
                        Duration.ofSeconds(4),
                        5,
                        Duration.ofSeconds(60),
                        Path.of("/s"),
                        Path.of("/f")));
    }

    @Test
    void mapsPathsInPodsOnly() throws Exception {
        Map<String, Object> pods = new HashMap<>(NEEDED);
        pods.put("CLOUD_OS", "k8s");
        pods.put("JOB_SCHEDULER_ADDRESS", "scheduler:8088");
        pods.remove("COORDINATOR_COMMAND");

        assertThat(bind(pods).deploymentWay()).isEqualTo("cloud");
        assertThat(bind(NEEDED).deploymentWay()).isEqualTo("process");
        pods.remove("JOB_SCHEDULER_ADDRESS");
        assertThatThrownBy(() -> bind(pods)).rootCause().hasMessageContaining("JOB_SCHEDULER_ADDRESS");
    }

    @Test
    void tellsAllProblemsAtOnce() {
        assertThatThrownBy(() -> bind(Map.of("DB_TYPE", "oracle", "REPORT_PERIOD", "30", "TEMP_DIR", "../x")))
                .rootCause()
                .asInstanceOf(type(FaultException.class))
                .extracting(fault -> fault.violations().stream()
                        .map(violation -> violation.path())
                        .toList())
                .isEqualTo(List.of(
                        "DB_TYPE",
                        "DB_ADDRESS",
                        "DB_USERNAME",
                        "SELECTOR_ADDRESS",
                        "TEMP_DIR",
                        "nsfl.scheduler.coordinator-command",
                        "COORDINATOR_HEARTBEAT_TIMEOUT"));
    }

    private static SchedulerProperties bind(Map<String, Object> variables) throws Exception {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .forEach(source -> environment.getPropertySources().remove(source.getName()));
        environment.getPropertySources().addFirst(new MapPropertySource("variables", variables));
        for (PropertySource<?> yaml :
                new YamlPropertySourceLoader().load("yaml", new ClassPathResource("nsfl-job-scheduler.yaml"))) {
            environment.getPropertySources().addLast(yaml);
        }
        environment.setConversionService((org.springframework.core.convert.support.ConfigurableConversionService)
                ApplicationConversionService.getSharedInstance());
        return Binder.get(environment).bindOrCreate("nsfl.scheduler", SchedulerProperties.class);
    }
}
