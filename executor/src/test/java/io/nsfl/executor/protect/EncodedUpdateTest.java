package io.nsfl.executor.protect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.executor.state.TaskState;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import io.nsfl.modelformats.safetensors.SafetensorsWriter;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.UpdateEncoding;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodedUpdateTest {
    private static final int ELEMENTS = 100;
    private static final List<TensorSpec> UPDATE = List.of(
            new TensorSpec("weight", DType.F32, List.of((long) ELEMENTS), TensorKind.TRAINABLE),
            new TensorSpec("mean", DType.F32, List.of(2L), TensorKind.STATISTIC));

    @TempDir
    Path workspace;

    @Test
    void leavesAnUpdateAsItIsWhereNothingIsAskedFor() {
        UpdateFile update = update(new double[ELEMENTS]);

        assertThat(EncodedUpdate.of(update, UpdateEncoding.getDefaultInstance(), UPDATE, new TaskState(workspace)))
                .isSameAs(update);
    }

    @Test
    void sendsEightBitsForEachTrainedValue() throws IOException {
        double[] values = new double[ELEMENTS];
        values[3] = -1.27;
        values[4] = 0.5;

        UpdateFile encoded = encode(UpdateEncoding.Kind.INT8, values);

        try (SafetensorsFile file = SafetensorsFile.open(encoded.path())) {
            assertThat(file.tensors().specs())
                    .extracting(spec -> spec.name() + " " + spec.dtype())
                    .containsExactly("weight I8", "weight#scale F64", "mean F32");
            assertThat(file.tensors().get("weight").at(3)).isEqualTo(-127);
            assertThat(file.tensors().get("weight").at(4)).isEqualTo(50);
        }
        assertThat(workspace.resolve("state_out")).doesNotExist();
    }

    @Test
    void sendsInTheNextRoundWhatTopKLeftOut() throws IOException {
        double[] values = new double[ELEMENTS];
        values[10] = 3;
        values[20] = 2;

        assertThat(sentIndex(encode(UpdateEncoding.Kind.TOPK, values))).isEqualTo(10);
        theRoundCounted();
        values[10] = 0;
        values[20] = 0;
        values[30] = 1;
        assertThat(sentIndex(encode(UpdateEncoding.Kind.TOPK, values))).isEqualTo(20);
        assertThat(workspace.resolve("compensated_weights.safetensors")).doesNotExist();
        assertThat(workspace.resolve("received_weights.safetensors")).doesNotExist();
    }

    @Test
    void refusesAFractionThatIsNone() {
        UpdateEncoding encoding = UpdateEncoding.newBuilder()
                .setKind(UpdateEncoding.Kind.TOPK)
                .setFraction(Double.NaN)
                .build();

        assertThatThrownBy(() ->
                        EncodedUpdate.of(update(new double[ELEMENTS]), encoding, UPDATE, new TaskState(workspace)))
                .isInstanceOf(FaultException.class);
    }

    private long sentIndex(UpdateFile encoded) {
        try (SafetensorsFile file = SafetensorsFile.open(encoded.path())) {
            return (long) file.tensors().get("weight#index").at(0);
        }
    }

    private void theRoundCounted() throws IOException {
        Files.move(workspace.resolve("state_out"), workspace.resolve("state_in"));
    }

    private UpdateFile encode(UpdateEncoding.Kind kind, double[] values) {
        UpdateEncoding encoding =
                UpdateEncoding.newBuilder().setKind(kind).setFraction(0.01).build();
        return EncodedUpdate.of(update(values), encoding, UPDATE, new TaskState(workspace));
    }

    private UpdateFile update(double[] values) {
        Path file = workspace.resolve("delta_weights.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            TensorSet tensors = TensorSet.allocate(arena, UPDATE);
            Elements.write(DType.F32, tensors.get("weight").data(), 0, ELEMENTS, values);
            SafetensorsWriter.write(file, tensors, Map.of());
        }
        return UpdateFile.of(file);
    }
}
