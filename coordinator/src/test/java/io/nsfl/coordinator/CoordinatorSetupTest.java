package io.nsfl.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoordinatorSetupTest {
    private static final String QUICK_START = """
            {  # comments and trailing commas are welcome
              "job_name": "tf-mnist", "description": "", "host": "0.0.0.0", "port": 8090,
              "clients": "127.0.0.1:9091,127.0.0.1:9092",
              "model_path": "/tmp/nsfl/coordinator/tf_mnist.h5", "runtime": "tensorflow", "task_entry": "tf_mnist",
              "output": "/tmp/nsfl/coordinator/tf_mnist",
              "hyper_parameters": {"max_round_num": 20, "client_num": 2, "threshold_client_num": 2,
                                   "evaluate_interval": 0, "save_interval": 0,},
            }
            """;

    @TempDir
    Path directory;

    @Test
    void readsTheQuickStartsFile() throws IOException {
        CoordinatorProperties properties = read(Map.of("HOME", "/home/me"), "--config_file", file(QUICK_START));

        assertThat(properties.direct()).isTrue();
        assertThat(properties.port()).isEqualTo(8090);
        assertThat(properties.job().clients()).containsExactly("127.0.0.1:9091", "127.0.0.1:9092");
        assertThat(properties.job().hyperParameters().evaluateInterval()).isZero();
        assertThat(properties.journals()).isEqualTo(Path.of("/tmp/nsfl/coordinator/tf_mnist/fl_tf-mnist_journal"));
        assertThat(properties.keys()).isEqualTo(Path.of("/home/me/.nsfl/keys"));
    }

    @Test
    void letsTheFileGoBeforeFlags() throws IOException {
        CoordinatorProperties properties =
                read(Map.of(), "--port=9999", "--log_level", "DEBUG", "--config_file=" + file(QUICK_START));

        assertThat(properties.port()).isEqualTo(8090);
        assertThat(properties.logLevel()).isEqualTo("DEBUG");
    }

    @Test
    void takesWhatTheSchedulerGives() throws IOException {
        String file = file(QUICK_START.replace("\"port\": 8090", "\"port\": 8090, \"run\": \"r-1\", \"epoch\": 3"));
        CoordinatorProperties properties = read(
                Map.of(
                        "REPORT_PERIOD", "5",
                        "JOB_SCHEDULER_ADDRESS", "127.0.0.1:8088",
                        "SELECTOR_ADDRESS", "127.0.0.1:50055",
                        "COORDINATOR_WORKSPACE_PATH", "/fl",
                        "NSFL_BIND", "127.0.0.1",
                        "NSFL_EPHEMERAL_PORT", "true"),
                "--config_file",
                file);

        assertThat(properties.run()).contains("r-1");
        assertThat(properties.epoch()).isEqualTo(3);
        assertThat(properties.port()).isZero();
        assertThat(properties.bind()).isEqualTo("127.0.0.1");
        assertThat(properties.reportPeriod()).isEqualTo(Duration.ofSeconds(5));
        assertThat(properties.selectorAddress()).contains("127.0.0.1:50055");
        assertThat(properties.journals()).isEqualTo(Path.of(file).getParent().resolve("journal"));
    }

    @Test
    void namesEveryProblemAtOnce() {
        assertThatThrownBy(() -> read(Map.of("REPORT_PERIOD", "soon"), "--host", "example.org", "--wat", "1"))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        fault -> assertThat(fault.violations())
                                .extracting(violation -> violation.path())
                                .contains("--wat", "$.host", "REPORT_PERIOD", "$.runtime", "$.model_path"));
    }

    private String file(String content) throws IOException {
        return Files.writeString(directory.resolve("coordinator.json"), content).toString();
    }

    private static CoordinatorProperties read(Map<String, String> environment, String... arguments) {
        return CoordinatorSetup.read(List.of(arguments), environment, _ -> {});
    }
}
