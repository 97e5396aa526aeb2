package io.nsfl.executor.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskMetricsTest {
    @TempDir
    Path workspace;

    @Test
    void takesOneSampleWhereNoneAreNamedAndKeepsOtherNumbers() throws IOException {
        write("{\"loss\": 0.25, \"f1\": 1, \"note\": \"fine\", \"list\": [1]}");

        assertThat(TaskMetrics.read(workspace)).isEqualTo(Map.of("sample_num", 1.0, "loss", 0.25, "f1", 1.0));
    }

    @Test
    void leavesOutWhatIsNotFinite() throws IOException {
        write("{\"sample_num\": 2, \"loss\": NaN, \"worst\": -Infinity}");

        assertThat(TaskMetrics.read(workspace)).isEqualTo(Map.of("sample_num", 2.0));
    }

    @Test
    void saysThatBrokenMetricsAreTheScripts() throws IOException {
        write("{\"loss\": ");

        assertThatThrownBy(() -> TaskMetrics.read(workspace))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("metrics");
    }

    private void write(String json) throws IOException {
        Files.writeString(workspace.resolve("metrics.json"), json);
    }
}
