package io.nsfl.modelformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TensorMatchTest {
    private static final List<TensorSpec> EXPECTED =
            List.of(spec("a", 2, TensorKind.STATISTIC), spec("b", 3, TensorKind.LOCAL));

    @Test
    void matchesKerasTensorsByPosition() {
        TensorSet aligned = TensorMatch.align(produced("dense_7/kernel", 2, "a", 3), EXPECTED, ModelFormat.KERAS_H5);
        assertThat(aligned.specs()).isEqualTo(EXPECTED);
        assertThat(Values.floats(aligned.tensors().getLast())).containsExactly(1, 2, 3);
    }

    @Test
    void matchesOtherTensorsByName() {
        for (ModelFormat format : List.of(ModelFormat.PYTORCH, ModelFormat.DL4J, ModelFormat.SAFETENSORS)) {
            TensorSet aligned = TensorMatch.align(produced("b", 3, "a", 2), EXPECTED, format);
            assertThat(aligned.specs()).isEqualTo(EXPECTED);
            assertThat(Values.floats(aligned.tensors().getFirst())).containsExactly(1, 2);
        }
    }

    @Test
    void refusesAnotherShapeTypeOrNumberOfTensors() {
        assertRefused(produced("a", 3, "b", 2), ModelFormat.KERAS_H5, "[3]");
        assertRefused(produced("a", 2, "b", 2), ModelFormat.PYTORCH, "[2]");
        assertRefused(produced("a", 2, "c", 3), ModelFormat.PYTORCH, "no tensor b");
        assertRefused(Values.floats("a", 1, 2), ModelFormat.KERAS_H5, "1 tensors");
        TensorSet three = set(produced("a", 2, "b", 3), Values.floats("c", 1));
        assertRefused(three, ModelFormat.PYTORCH, "for example c");
        assertRefused(three, ModelFormat.KERAS_H5, "3 tensors");
        NamedTensor half = Values.floats("a", 1).tensors().getFirst();
        TensorSpec halves = new TensorSpec("a", DType.F16, List.of(2L), TensorKind.TRAINABLE);
        TensorSet other =
                set(new TensorSet(List.of(new NamedTensor(halves, half.data()))), Values.floats("b", 1, 2, 3));
        assertRefused(other, ModelFormat.PYTORCH, "F16");
    }

    private static void assertRefused(TensorSet produced, ModelFormat format, String reason) {
        assertThatThrownBy(() -> TensorMatch.align(produced, EXPECTED, format))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault()).isEqualTo(Fault.SHAPE))
                .hasMessageContaining(reason);
    }

    private static TensorSet produced(String first, int firstSize, String second, int secondSize) {
        return set(counting(first, firstSize), counting(second, secondSize));
    }

    private static TensorSet counting(String name, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = i + 1;
        }
        return Values.floats(name, values);
    }

    private static TensorSet set(TensorSet... parts) {
        return new TensorSet(
                Stream.of(parts).flatMap(part -> part.tensors().stream()).toList());
    }

    private static TensorSpec spec(String name, long size, TensorKind kind) {
        return new TensorSpec(name, DType.F32, List.of(size), kind);
    }
}
