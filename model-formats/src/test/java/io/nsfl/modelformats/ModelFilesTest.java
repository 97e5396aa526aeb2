package io.nsfl.modelformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelFilesTest {
    @TempDir
    private Path directory;

    static Stream<Fixtures> fixtures() {
        return Fixtures.all();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void readsTheValuesThatTheFrameworkGives(Fixtures fixture) {
        try (ModelFile model = ModelFiles.open(fixture.file())) {
            Values.assertSame(model.tensors(), fixture.reference(), fixture.naming());
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void readsBackTheValuesItWrote(Fixtures fixture) {
        Path copy = directory.resolve("copy");
        try (ModelFile model = ModelFiles.open(fixture.file())) {
            TensorSet changed = changed(model);
            model.writeCopy(changed, copy);
            try (ModelFile written = ModelFiles.open(copy)) {
                assertThat(written.format()).isEqualTo(model.format());
                Values.assertSame(written.tensors(), changed);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void writesTheSameBytesForTheSameValuesAndLeavesNothingBeside(Fixtures fixture) throws IOException {
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        try (ModelFile model = ModelFiles.open(fixture.file())) {
            TensorSet changed = changed(model);
            model.writeCopy(changed, first);
            model.writeCopy(changed, second);
        }
        assertThat(first).hasSameBinaryContentAs(second);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactlyInAnyOrder(first, second);
        }
    }

    @Test
    void writesTheTemplateItselfWhenNoValueChanges() {
        for (String name :
                List.of("keras3/nested.h5", "keras2/sequential.h5", "torch/mixed.pth", "torch/network.pth")) {
            Path copy = directory.resolve("copy");
            try (ModelFile model = ModelFiles.open(Fixtures.path(name))) {
                model.writeCopy(model.tensors(), copy);
            }
            assertThat(copy).hasSameBinaryContentAs(Fixtures.path(name));
        }
    }

    @Test
    void tellsRunningStatisticsAndCountersFromWeights() {
        assertThat(kinds("keras2/sequential.h5")).containsExactly("T", "T", "T", "T", "S", "S", "T", "T");
        assertThat(kinds("keras3/sequential.weights.h5")).containsExactly("T", "T", "T", "T", "S", "S", "T", "T");
        assertThat(kinds("torch/network.pth")).containsExactly("T", "T", "T", "T", "S", "S", "I", "T", "T", "T");
        assertThat(kinds("dl4j/layers.zip")).containsExactly("T", "T", "T", "T", "S", "S", "T", "T", "T", "T");
    }

    @Test
    void refusesValuesOfAnotherModel() {
        try (ModelFile keras = ModelFiles.open(Fixtures.path("keras3/sequential.h5"));
                ModelFile other = ModelFiles.open(Fixtures.path("keras3/nested.h5"))) {
            assertThatThrownBy(() -> keras.writeCopy(other.tensors(), directory.resolve("copy")))
                    .isInstanceOfSatisfying(
                            FaultException.class,
                            refused -> assertThat(refused.fault()).isEqualTo(Fault.SHAPE));
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void refusesDifferentValuesForTiedWeights() {
        try (ModelFile model = ModelFiles.open(Fixtures.path("torch/network.pth"))) {
            List<NamedTensor> mixed = model.tensors().tensors().stream()
                    .map(tensor -> tensor.spec().name().equals("last.weight")
                            ? Values.changed(new TensorSet(List.of(tensor)))
                                    .tensors()
                                    .getFirst()
                            : tensor)
                    .toList();
            assertThatThrownBy(() -> model.writeCopy(new TensorSet(mixed), directory.resolve("copy")))
                    .isInstanceOf(FaultException.class)
                    .hasMessageContaining("shares its memory");
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void saysThatThereIsNoSuchFile() {
        assertThatThrownBy(() -> ModelFiles.open(directory.resolve("absent.h5")))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault()).isEqualTo(Fault.MODEL_NOT_FOUND));
    }

    private static TensorSet changed(ModelFile model) {
        return Values.changed(model.tensors());
    }

    private static List<String> kinds(String name) {
        try (ModelFile model = ModelFiles.open(Fixtures.path(name))) {
            return model.tensors().specs().stream()
                    .map(spec -> spec.kind() == TensorKind.STATISTIC
                            ? "S"
                            : spec.kind().name().substring(0, 1))
                    .toList();
        }
    }
}
