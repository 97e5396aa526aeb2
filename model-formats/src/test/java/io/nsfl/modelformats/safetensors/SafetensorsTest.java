package io.nsfl.modelformats.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.Values;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    @TempDir
    private Path directory;

    @Test
    void readsBackEveryTypeInOrderWithKindsAndMetadata() {
        Path file = directory.resolve("all.safetensors");
        TensorSet tensors = everyType();
        SafetensorsWriter.write(file, tensors, Map.of("run", "r1", "round", "7"));
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            Values.assertSame(read.tensors(), tensors);
            assertThat(read.metadata()).isEqualTo(Map.of("run", "r1", "round", "7"));
        }
    }

    @Test
    void alignsEveryTensorToItsElements() {
        Path file = directory.resolve("all.safetensors");
        SafetensorsWriter.write(file, everyType(), Map.of());
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            for (NamedTensor tensor : read.tensors().tensors()) {
                assertThat(tensor.data().address() % tensor.spec().dtype().bytes())
                        .isZero();
            }
        }
    }

    @Test
    void writesTheSameBytesAgainAndReplacesTheTarget() throws IOException {
        Path file = directory.resolve("w.safetensors");
        SafetensorsWriter.write(file, everyType(), Map.of("b", "1", "a", "2"));
        byte[] first = Files.readAllBytes(file);
        SafetensorsWriter.write(file, everyType(), Map.of("a", "2", "b", "1"));
        assertThat(file).hasBinaryContent(first);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void readsAFileWithinAnother() throws IOException {
        Path inner = directory.resolve("inner");
        SafetensorsWriter.write(inner, Values.floats("w", 1, 2, 3), Map.of());
        byte[] bytes = Files.readAllBytes(inner);
        byte[] outer = new byte[bytes.length + 20];
        System.arraycopy(bytes, 0, outer, 7, bytes.length);
        Path file = Files.write(directory.resolve("outer"), outer);
        try (SafetensorsFile read = SafetensorsFile.open(file, 7, bytes.length)) {
            assertThat(Values.floats(read.tensors().tensors().getFirst())).containsExactly(1, 2, 3);
        }
        assertThatThrownBy(() -> SafetensorsFile.open(file, 7, bytes.length + 14))
                .isInstanceOf(FaultException.class);
    }

    @Test
    void appearsAtItsTargetOnlyWhenTheDraftIsCommitted() throws IOException {
        Path target = directory.resolve("draft");
        TensorSet values = Values.floats("w", 4, 5);
        try (SafetensorsDraft draft = SafetensorsDraft.create(target, values.specs(), Map.of())) {
            draft.tensors()
                    .tensors()
                    .getFirst()
                    .data()
                    .copyFrom(values.tensors().getFirst().data());
        }
        assertThat(directory).isEmptyDirectory();
        try (SafetensorsDraft draft = SafetensorsDraft.create(target, values.specs(), Map.of())) {
            draft.tensors()
                    .tensors()
                    .getFirst()
                    .data()
                    .copyFrom(values.tensors().getFirst().data());
            draft.commit();
        }
        try (SafetensorsFile read = SafetensorsFile.open(target)) {
            Values.assertSame(read.tensors(), values);
        }
    }

    @Test
    void namesTheTargetThatCannotBeWritten() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> SafetensorsWriter.write(file.resolve("below"), everyType(), Map.of()))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault()).isEqualTo(Fault.STORAGE_UNAVAILABLE))
                .hasMessageContaining("below");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,12]}}",
                "{'w':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}}",
                "{'w':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}}",
                "{'w':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}",
                "{'w':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}",
                "{'w':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,8]}}",
                "{'w':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,8]}}",
                "{'w':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}}",
                "{'w':{'dtype':'C64','shape':[1],'data_offsets':[0,8]}}",
                "{'w':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}",
                "{'w':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'v':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}",
                "{'w':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'w':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}",
                "{'w':{'dtype':'F32','shape':[1],'shape':[2],'data_offsets':[0,8]}}",
                "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'x':1}}",
                "{'':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}",
                "{'__metadata__':{'a':1},'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}",
                "{'__metadata__':{'nsfl.kind:w':'X'},'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}",
                "{'w':[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}",
                "[]",
                "{",
                "{} {}"
            })
    void refusesAHeaderThatDoesNotFitItsFile(String header) throws IOException {
        Path file = safetensors(header.replace('\'', '"'), 8);
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault()).isEqualTo(Fault.MODEL_UNREADABLE));
    }

    @Test
    void readsTheHeaderThatIsLikeThoseButFits() throws IOException {
        Path file = safetensors("{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}  ", 8);
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            assertThat(read.tensors().specs())
                    .containsExactly(new TensorSpec("w", DType.F32, List.of(2L), TensorKind.TRAINABLE));
        }
    }

    private Path safetensors(String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        return Files.write(
                directory.resolve("file"), bytes.putLong(json.length).put(json).array());
    }

    private static TensorSet everyType() {
        return new TensorSet(Stream.of(DType.values())
                .flatMap(type -> Stream.of(
                        tensor(type, "v." + type, List.of(3L), TensorKind.LOCAL),
                        tensor(type, "scalar " + type, List.of(), defaultKind(type)),
                        tensor(type, type + ".running_mean", List.of(2L, 0L), TensorKind.STATISTIC)))
                .toList());
    }

    private static TensorKind defaultKind(DType type) {
        return type.floating() ? TensorKind.TRAINABLE : TensorKind.INTEGER;
    }

    private static NamedTensor tensor(DType type, String name, List<Long> shape, TensorKind kind) {
        TensorSpec spec = new TensorSpec(name, type, shape, kind);
        MemorySegment data = Arena.ofAuto().allocate(Math.max(1, spec.bytes())).asSlice(0, spec.bytes());
        return new NamedTensor(spec, data.fill((byte) (type.ordinal() + 1)));
    }
}
