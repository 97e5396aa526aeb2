package io.nsfl.modelformats;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever happens to the bytes of a file, it is read or refused; nothing else is thrown and no value lies outside it. */
class DamagedFilesTest {
    private static final ModelLimits LIMITS = new ModelLimits(64L << 20, 1000, 4 << 20, 256, 64);
    private static Path directory;

    @BeforeContainer
    static void createDirectory() throws IOException {
        directory = Files.createTempDirectory("damaged");
    }

    @AfterContainer
    static void deleteDirectory() throws IOException {
        Files.deleteIfExists(directory.resolve("model"));
        Files.delete(directory);
    }

    @Property(tries = 800, shrinking = ShrinkingMode.OFF)
    void readsOrRefusesAFileWithChangedBytes(@ForAll("models") Path model, @ForAll long seed) throws IOException {
        byte[] bytes = Files.readAllBytes(model);
        Random random = new Random(seed);
        int changes = 1 + random.nextInt(4);
        // Half of the changes hit the beginning and the end, where the structure of a file is.
        for (int i = 0; i < changes; i++) {
            int range = random.nextBoolean() ? bytes.length : Math.min(bytes.length, 2048);
            int at = random.nextInt(range);
            int place = random.nextBoolean() ? at : bytes.length - 1 - at;
            bytes[place] = interesting(random);
        }
        readOrRefuse(bytes);
    }

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void readsOrRefusesAFileThatIsCutOff(@ForAll("models") Path model, @ForAll long seed) throws IOException {
        byte[] bytes = Files.readAllBytes(model);
        readOrRefuse(Arrays.copyOf(bytes, new Random(seed).nextInt(bytes.length)));
    }

    @Provide
    Arbitrary<Path> models() {
        return Arbitraries.of(Stream.concat(
                        Fixtures.all().map(Fixtures::file),
                        Stream.of(
                                Fixtures.path("torch/mixed.pth.safetensors"),
                                Fixtures.path("torch/network.pth.safetensors")))
                .toList());
    }

    private static byte interesting(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> (byte) 0xff;
            case 2 -> 0x7f;
            default -> (byte) random.nextInt(256);
        };
    }

    private static void readOrRefuse(byte[] bytes) throws IOException {
        Path file = Files.write(directory.resolve("model"), bytes);
        try (ModelFile model = ModelFiles.open(file, LIMITS)) {
            assertThat(model.tensors().bytes()).isLessThanOrEqualTo(LIMITS.fileBytes());
            for (NamedTensor tensor : model.tensors().tensors()) {
                assertThat(tensor.data().byteSize()).isEqualTo(tensor.spec().bytes());
            }
        } catch (FaultException refused) {
            assertThat(refused.getMessage()).contains(file.toString()).endsWith(".");
        }
    }
}
