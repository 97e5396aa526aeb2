package io.nsfl.taskmanager.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.safetensors.SafetensorsWriter;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactKind;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.taskmanager.dataset.AccountedDatasets;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceBuildTest {
    private static final Map<String, String> DATASETS = Map.of("mnist", "/data/mnist", "patients", "/data/patients");

    @TempDir
    Path directory;

    private Path workspace;
    private Path model;

    @BeforeEach
    void prepare() throws IOException {
        workspace = directory.resolve("task");
        model = directory.resolve("model.safetensors");
        Files.writeString(directory.resolve("own.json"), "{}");
        try (Arena arena = Arena.ofConfined()) {
            TensorSpec spec = new TensorSpec("w", DType.F32, List.of(2L), TensorKind.TRAINABLE);
            SafetensorsWriter.write(
                    model, new TensorSet(List.of(new NamedTensor(spec, arena.allocate(8, 8)))), Map.of());
        }
    }

    private Optional<String> told(Map<String, String> accounted, TaskDescription.Builder task) throws IOException {
        TaskDescription description =
                task.setTaskEntry("own").setModelSuffix(".safetensors").build();
        WorkspaceBuild build = new WorkspaceBuild(directory, new AccountedDatasets(accounted));
        build.build(
                workspace,
                description,
                Map.of(
                        artifact(ArtifactKind.ARTIFACT_KIND_TEMPLATE), model,
                        artifact(ArtifactKind.ARTIFACT_KIND_WEIGHTS), model),
                Optional.empty());
        Path all = directory.resolve("all.json");
        Path file = build.datasets(workspace, description, Optional.of(all)).orElseThrow();
        return file.equals(all) ? Optional.empty() : Optional.of(Files.readString(file));
    }

    private static Artifact artifact(ArtifactKind kind) {
        return Artifact.newBuilder().setName(kind.name()).setKind(kind).build();
    }

    @Test
    void tellsScriptsOnlyOfTheDatasetsThatTheirTaskIsChargedFor() throws IOException {
        assertThat(told(DATASETS, TaskDescription.newBuilder().addDatasets("mnist")))
                .hasValue("{\"mnist\":\"/data/mnist\"}");
    }

    @Test
    void tellsThemOfAllWhereAllAreChargedOrNoneIs() throws IOException {
        assertThat(told(DATASETS, TaskDescription.newBuilder())).isEmpty();
        assertThat(told(Map.of(), TaskDescription.newBuilder().addDatasets("mnist")))
                .isEmpty();
    }
}
