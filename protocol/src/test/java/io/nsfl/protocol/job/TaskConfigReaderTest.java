package io.nsfl.protocol.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.Violation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskConfigReaderTest {
    @Test
    void readsTheDocumentedTaskConfig() {
        TaskConfig config = read("""
                {"script_path":"/tasks/tf_mnist",
                 "train":{"timeout":30,"command":"python3","entry":"train.py","params":{"--index_range":"0,30000","-n":3}},
                 "evaluate":{"command":"python3","entry":"evaluate.py","params":null},
                 "preload":["tensorflow","numpy.linalg"]}""").orThrow(Fault.TASK_CONFIG_INVALID, "The task config");

        assertThat(config.scriptPath()).contains("/tasks/tf_mnist");
        assertThat(config.train().orElseThrow().timeout()).isEqualTo(Duration.ofMinutes(30));
        assertThat(JobJson.text(config.train().orElseThrow().params()))
                .isEqualTo("{\"--index_range\":\"0,30000\",\"-n\":3}");
        assertThat(config.evaluate().orElseThrow().timeout()).isEqualTo(Duration.ofMinutes(180));
        assertThat(config.evaluate().orElseThrow().params()).isEmpty();
        assertThat(config.preload()).isEqualTo(List.of("tensorflow", "numpy.linalg"));
    }

    @Test
    void takesAPartOfAMinuteAndNumbersInQuotes() {
        TaskConfig config = read("{\"train\":{\"timeout\":\"0.5\",\"command\":\"c\",\"entry\":\"e\"}}")
                .orThrow(Fault.TASK_CONFIG_INVALID, "The task config");

        assertThat(config.train().orElseThrow().timeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.evaluate()).isEmpty();
        assertThat(config.scriptPath()).isEmpty();
    }

    @Test
    void namesEveryViolationAtOnce() {
        assertThat(read("{\"train\":{\"timeout\":0,\"params\":{\"a\":{}}},\"evaluate\":7,\"preload\":[\"a b\"]}")
                        .violations())
                .extracting(Violation::path)
                .containsExactlyInAnyOrder(
                        "$.train.timeout",
                        "$.train.command",
                        "$.train.entry",
                        "$.train.params.a",
                        "$.evaluate",
                        "$.preload");
    }

    @Test
    void refusesAConfigThatRunsNothing() {
        assertThat(read("{\"trian\":{}}").violations()).hasSize(1);
        assertThat(read("{\"trian\":{}}").warnings()).hasSize(1);
    }

    private static Reading<TaskConfig> read(String json) {
        return TaskConfigReader.read(LenientJson.readObject(json.getBytes(UTF_8), "The task config"));
    }
}
