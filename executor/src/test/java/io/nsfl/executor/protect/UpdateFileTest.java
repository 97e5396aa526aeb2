package io.nsfl.executor.protect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.federation.protect.ClientProtection;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import io.nsfl.modelformats.safetensors.SafetensorsWriter;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpdateFileTest {
    private static final List<TensorSpec> MODEL = List.of(
            new TensorSpec("weight", DType.F32, List.of(2L), TensorKind.TRAINABLE),
            new TensorSpec("head", DType.F32, List.of(1L), TensorKind.LOCAL));

    @TempDir
    Path workspace;

    @Test
    void holdsTheChangeOfWhatIsNotLocal() throws Exception {
        UpdateFile update = update(3f, 1.5f);

        try (SafetensorsFile file = SafetensorsFile.open(update.path())) {
            assertThat(file.tensors().specs()).extracting(TensorSpec::name).containsExactly("weight");
            assertThat(file.tensors().get("weight").at(0)).isEqualTo(2.0);
            assertThat(file.tensors().get("weight").at(1)).isEqualTo(0.5);
        }
        assertThat(update.sha256())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(update.path())));
    }

    @Test
    void refusesATrainingThatDivergedAndLeavesNoFile() {
        assertThatThrownBy(() -> update(Float.NaN, 0))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault()).isEqualTo(Fault.NON_FINITE))
                .hasMessageContaining("weight");
        assertThat(workspace.resolve("delta_weights.safetensors")).doesNotExist();
    }

    private UpdateFile update(float first, float second) {
        Path base = workspace.resolve("base.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsWriter.write(base, tensors(arena, 1, 1), Map.of());
            return UpdateFile.write(
                    workspace, base, MODEL, tensors(arena, first, second), Optional.empty(), ClientProtection.NONE);
        }
    }

    private static TensorSet tensors(Arena arena, float first, float second) {
        TensorSet tensors = TensorSet.allocate(arena, MODEL);
        Elements.write(DType.F32, tensors.get("weight").data(), 0, 2, new double[] {first, second});
        return tensors;
    }
}
