package io.nsfl.modelformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileFilesTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {"os system", "builtins eval", "posix system", "__main__ Net", "torch load", "collections Counter"
            })
    void refusesAPickleThatNamesAFunction(String global) {
        String[] names = global.split(" ");
        Path file = torch("c" + names[0] + "\n" + names[1] + "\n(X\u0004\0\0\0echotR.");
        assertRefused(file, Fault.MODEL_HOSTILE, names[0] + "." + names[1]);
    }

    @Test
    void refusesAPickleThatBuildsTheNameOfAFunction() {
        assertRefused(torch("X\u0002\0\0\0osX\u0006\0\0\0system\u0093."), Fault.MODEL_HOSTILE, "os.system");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "}", "N.", "(((((((", "h\u0005.", "}q\u0000(X\uffffé", "0.", "t.", "u."})
    void refusesAPickleThatIsNoStateDict(String program) {
        assertRefused(torch(program), Fault.MODEL_UNREADABLE, "pickle");
    }

    @Test
    void refusesAPickleNestedTooDeeply() {
        String nested = "}X\u0001\0\0\0a".repeat(100) + "N" + "s".repeat(100) + ".";
        assertRefused(torch(nested), Fault.MODEL_UNREADABLE, "nested deeper");
    }

    @Test
    void refusesADictionaryThatContainsItself() {
        assertRefused(torch("}q\u0000X\u0001\0\0\0ah\u0000s."), Fault.MODEL_UNREADABLE, "nested deeper");
    }

    @Test
    void refusesATensorBeyondItsStorage() {
        assertRefused(torch(tensor(1, 4, 1)), Fault.MODEL_UNREADABLE, "beyond its storage");
        assertRefused(torch(tensor(0, 5, 1)), Fault.MODEL_UNREADABLE, "beyond its storage");
        assertRefused(torch(tensor(0, 4, 0x7fffffff)), Fault.MODEL_UNREADABLE, "beyond its storage");
        assertRefused(torch(tensor(-1, 4, 1)), Fault.MODEL_UNREADABLE, "no offset");
        assertRefused(torch(tensor(0, -4, 1)), Fault.MODEL_UNREADABLE, "not a whole number");
        assertRefused(torch(tensor(0, 0x7fffffff, 0)), Fault.MODEL_UNREADABLE, "repeats the values");
    }

    @Test
    void readsTheTensorThatIsLikeThoseButInPlace() {
        try (ModelFile model = ModelFiles.open(torch(tensor(0, 4, 1)))) {
            assertThat(model.tensors().specs())
                    .singleElement()
                    .satisfies(spec -> assertThat(spec.shape()).containsExactly(4L));
        }
    }

    @Test
    void refusesAnArchiveThatUnpacksToFarMoreThanItHolds() throws IOException {
        Path bomb = directory.resolve("bomb.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(bomb))) {
            zip.putNextEntry(new ZipEntry("configuration.json"));
            zip.write("{}".getBytes(StandardCharsets.US_ASCII));
            zip.putNextEntry(new ZipEntry("coefficients.bin"));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 200; i++) {
                zip.write(zeros);
            }
        }
        assertRefused(bomb, Fault.MODEL_HOSTILE, "unpack to");
    }

    @Test
    void refusesAnEntryThatUnpacksToAnotherSizeThanTheDirectorySays() throws IOException {
        byte[] archive = Files.readAllBytes(Fixtures.path("dl4j/layers.zip"));
        int central = lastIndexOf(archive, "coefficients.bin") - 46;
        ByteBuffer bytes = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(central + 24, bytes.getInt(central + 24) - 8);
        assertRefused(file(archive), Fault.MODEL_UNREADABLE, "does not unpack");
    }

    @Test
    void refusesSerializedJavaObjects() throws IOException {
        byte[] object = ByteBuffer.allocate(8)
                .putShort((short) 0xaced)
                .putShort((short) 5)
                .array();
        assertRefused(dl4jWith("extra.bin", object), Fault.MODEL_HOSTILE, "serialized Java object");
        assertRefused(dl4jWith("preprocessor.bin", new byte[9]), Fault.MODEL_HOSTILE, "preprocessor.bin");
        assertRefused(dl4jWith("objects/x", new byte[9]), Fault.MODEL_HOSTILE, "objects/x");
        byte[] custom = ByteBuffer.allocate(20)
                .putShort((short) 6)
                .put("CUSTOM".getBytes(StandardCharsets.US_ASCII))
                .array();
        assertRefused(dl4jWith("normalizer.bin", custom), Fault.MODEL_HOSTILE, "normalizer.bin");
    }

    @Test
    void refusesADl4jConfigurationWithForeignClasses() throws IOException {
        String json = "{\"confs\":[{\"layer\":{\"@class\":\"com.example.Gadget\"}}]}";
        assertRefused(
                dl4jWith("configuration.json", json.getBytes(StandardCharsets.US_ASCII)),
                Fault.MODEL_HOSTILE,
                "com.example.Gadget");
    }

    @Test
    void refusesADl4jConfigurationWithAnotherNumberOfParameters() throws IOException {
        String layer =
                "{\"layer\":{\"@class\":\"org.deeplearning4j.nn.conf.layers.DenseLayer\",\"nin\":%d,\"nout\":%d}}";
        for (int size : List.of(3, 1 << 30, Integer.MAX_VALUE)) {
            String json = "{\"confs\":[" + layer.formatted(size, size) + "]}";
            Path file = dl4jWith("configuration.json", json.getBytes(StandardCharsets.US_ASCII));
            assertRefused(file, Fault.MODEL_UNREADABLE, size == 3 ? "12 parameters" : "");
        }
    }

    @Test
    void namesALayerWhoseParametersItDoesNotKnow() throws IOException {
        String json = "{\"confs\":[{\"layer\":{\"@class\":\"org.deeplearning4j.nn.conf.layers.Capsules\"}}]}";
        assertRefused(
                dl4jWith("configuration.json", json.getBytes(StandardCharsets.US_ASCII)),
                Fault.MODEL_UNREADABLE,
                "Capsules");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"class_name\": \"Flatten\" -> \"class_name\": \"Lambda\" ",
                "\"module\": \"keras.initializers\" -> \"module\": \"os.path.initialize\"",
                "\"module\": \"keras.initializers\" -> \"module\": \"kerasevil.initials\"",
            })
    void refusesAKerasModelThatCarriesCode(String replacement) throws IOException {
        String[] parts = replacement.split(" -> ");
        byte[] model = Files.readAllBytes(Fixtures.path("keras2/sequential.h5"));
        assertRefused(file(replaced(model, parts[0], parts[1])), Fault.MODEL_HOSTILE, "is refused");
    }

    @Test
    void refusesAKerasFileCutOffAnywhere() throws IOException {
        byte[] model = Files.readAllBytes(Fixtures.path("keras3/sequential.h5"));
        for (int length = 0; length < model.length; length += 997) {
            byte[] cut = Arrays.copyOf(model, length);
            assertThatThrownBy(() -> ModelFiles.open(file(cut))).isInstanceOf(FaultException.class);
        }
    }

    @Test
    void saysWhatToDoWithOtherFilesOfTheFrameworks() throws IOException {
        assertRefused(
                file(new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 1, 2, 3, 4, 5}),
                Fault.MODEL_UNREADABLE,
                "before 1.6");
        assertRefused(archive(Map.of("model.weights.h5", new byte[1])), Fault.MODEL_UNREADABLE, ".keras");
        assertRefused(archive(Map.of("x", new byte[1])), Fault.MODEL_UNREADABLE, "neither");
        assertRefused(file(new byte[100]), Fault.MODEL_UNREADABLE, "none of them");
        assertRefused(file(new byte[0]), Fault.MODEL_UNREADABLE, "0 bytes");
        assertRefused(directory, Fault.MODEL_UNREADABLE, "directory");
    }

    @Test
    void refusesAFileLargerThanAllowed() {
        ModelLimits limits = new ModelLimits(1000, 10, 1 << 20, 100, 64);
        assertThatThrownBy(() -> ModelFiles.open(Fixtures.path("keras3/sequential.h5"), limits))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("more than the allowed 1000");
    }

    private void assertRefused(Path file, Fault fault, String reason) {
        assertThatThrownBy(() -> ModelFiles.open(file))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault()).isEqualTo(fault))
                .hasMessageContaining(reason);
    }

    /** The pickle of {"w": a float tensor over a storage of four}. */
    private static String tensor(int offset, int size, int stride) {
        return "}X\u0001\0\0\0wctorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\0"
                + "0X\u0003\0\0\0cpuK\u0004tQ" + whole(offset) + "(" + whole(size) + "t(" + whole(stride)
                + "t\u0089ccollections\nOrderedDict\n)RtRs.";
    }

    private static String whole(int value) {
        byte[] bytes = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
        return "J" + new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private Path torch(String program) {
        byte[] pickle = ("\u0080\u0002" + program).getBytes(StandardCharsets.ISO_8859_1);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("archive/data.pkl", pickle);
        entries.put("archive/data/0", new byte[16]);
        return archive(entries);
    }

    private Path dl4jWith(String name, byte[] content) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(Fixtures.path("dl4j/layers.zip")))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.put(entry.getName(), zip.readAllBytes());
            }
        }
        entries.put(name, content);
        return archive(entries);
    }

    private Path archive(Map<String, byte[]> entries) {
        Path file = directory.resolve("model");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> content : entries.entrySet()) {
                CRC32 crc = new CRC32();
                crc.update(content.getValue());
                ZipEntry entry = new ZipEntry(content.getKey());
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(content.getValue().length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(content.getValue());
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return file;
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(directory.resolve("model"), content);
    }

    private static int lastIndexOf(byte[] bytes, String text) {
        byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
        MemorySegment all = MemorySegment.ofArray(bytes);
        for (int at = bytes.length - wanted.length; at >= 0; at--) {
            if (all.asSlice(at, wanted.length).mismatch(MemorySegment.ofArray(wanted)) < 0) {
                return at;
            }
        }
        throw new AssertionError("There is no " + text + " in the file");
    }

    private static byte[] replaced(byte[] bytes, String text, String by) {
        assertThat(by).hasSameSizeAs(text);
        int at = lastIndexOf(bytes, text);
        System.arraycopy(by.getBytes(StandardCharsets.US_ASCII), 0, bytes, at, by.length());
        return bytes;
    }
}
