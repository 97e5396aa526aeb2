package io.nsfl.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskWorkspaceTest {
    @TempDir
    Path directory;

    @Test
    void keepsParametersAsTheyWereWritten() {
        Path file = new TaskWorkspace(directory, true).resultParameters();
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("whole", 3);
        parameters.put("list", List.of(1.5, true, "x"));

        TaskJson.write(file, parameters);

        assertThat(TaskJson.read(file)).isEqualTo(parameters);
    }

    @Test
    void readsAnAbsentFileAsEmpty() {
        assertThat(TaskJson.read(directory.resolve("prepared_param.json"))).isEmpty();
    }

    @Test
    void writesResultFilesBelowTheWorkspaceOnly() throws Exception {
        TaskWorkspace workspace = new TaskWorkspace(directory, true);

        try (OutputStream out = workspace.openResult("sub/state.bin")) {
            out.write(7);
        }

        assertThat(Files.readAllBytes(directory.resolve("result/sub/state.bin")))
                .containsExactly(7);
        assertThatThrownBy(() -> workspace.openResult("../metrics.json")).isInstanceOf(TaskException.class);
        assertThatThrownBy(() -> workspace.prepared("/etc/passwd")).isInstanceOf(TaskException.class);
    }

    @Test
    void namesTheDatasetsThatThereAre() {
        Datasets datasets = new Datasets(Map.of("mnist", "/data/mnist", "other", Map.of("path", "/data/other")));

        assertThat(datasets.path("mnist")).isEqualTo(Path.of("/data/mnist"));
        assertThat(datasets.path("other")).isEqualTo(Path.of("/data/other"));
        assertThatThrownBy(() -> datasets.path("cifar"))
                .isInstanceOf(TaskException.class)
                .hasMessageContaining("mnist");
    }
}
