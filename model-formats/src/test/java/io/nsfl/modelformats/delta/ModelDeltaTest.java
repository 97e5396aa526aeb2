package io.nsfl.modelformats.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.Values;
import io.nsfl.modelformats.safetensors.SafetensorsWriter;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.transfer.FileSink;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDeltaTest {
    private static final long NO_LIMIT = Long.MAX_VALUE;

    @TempDir
    private Path directory;

    @Property(tries = 150, shrinking = ShrinkingMode.OFF)
    void anyTwoFilesOfAnyLayoutsGiveTheNewerOneBitByBit(@ForAll long seed) throws IOException {
        inDirectory(place -> {
            Random random = new Random(seed);
            TensorSet before = tensors(random, 0);
            Case files = new Case(place);
            files.write(before, random.nextBoolean() ? related(before, random) : tensors(random, 1));
            assertThat(ModelDelta.write(files.older, files.newer, files.delta, NO_LIMIT))
                    .isTrue();
            assertThat(files.applied()).isEqualTo(files.newerBytes());
        });
    }

    @Property(tries = 400, shrinking = ShrinkingMode.OFF)
    void aDamagedDeltaIsRefusedOrGivesAFileOfTheAnnouncedSize(@ForAll long seed) throws IOException {
        inDirectory(place -> {
            Random random = new Random(seed);
            TensorSet before = tensors(random, 0);
            Case files = new Case(place);
            files.write(before, related(before, random));
            ModelDelta.write(files.older, files.newer, files.delta, NO_LIMIT);
            Files.write(files.delta, damaged(Files.readAllBytes(files.delta), random));
            long size = Files.size(files.newer);
            try {
                assertThat(files.applied()).hasSize((int) size);
            } catch (FaultException refused) {
                assertThat(refused.fault()).isEqualTo(Fault.TRANSFER_CORRUPT);
                assertThat(Files.size(files.made)).isLessThanOrEqualTo(size);
            }
        });
    }

    @Test
    void aModelThatChangedALittleNeedsLess() throws IOException {
        Case files = new Case(directory);
        float[] before = new float[100_000];
        float[] after = new float[before.length];
        Random random = new Random(7);
        for (int i = 0; i < before.length; i++) {
            before[i] = (float) random.nextGaussian() * 0.05f;
            after[i] = i % 10 == 0 ? before[i] + (float) random.nextGaussian() * 0.001f : before[i];
        }
        files.write(Values.floats("w", before), Values.floats("w", after));
        long full = Files.size(files.newer);
        assertThat(ModelDelta.write(files.older, files.newer, files.delta, full))
                .isTrue();
        assertThat(Files.size(files.delta)).isLessThan(full / 5);
        assertThat(files.applied()).isEqualTo(files.newerBytes());
    }

    /** About 20 bits of 32 differ: two planes are noise, one is deflated by frequency, one by repeats. */
    @Test
    void aModelThatChangedEverywhereNeedsWhatItsUpperBytesSave() throws IOException {
        Case files = new Case(directory);
        float[] before = new float[600_000];
        float[] after = new float[before.length];
        Random random = new Random(9);
        for (int i = 0; i < before.length; i++) {
            before[i] = (float) random.nextGaussian() * 0.05f;
            after[i] = before[i] * (1 + (float) random.nextGaussian() * 0.02f);
        }
        files.write(Values.floats("w", before), Values.floats("w", after));
        long full = Files.size(files.newer);
        assertThat(ModelDelta.write(files.older, files.newer, files.delta, full))
                .isTrue();
        assertThat(Files.size(files.delta)).isBetween(full * 55 / 100, full * 66 / 100);
        assertThat(files.applied()).isEqualTo(files.newerBytes());
    }

    @Test
    void theSameModelNeedsNearlyNothing() throws IOException {
        Case files = new Case(directory);
        TensorSet model = Values.floats("w", new float[1_000_000]);
        files.write(model, model);
        ModelDelta.write(files.older, files.newer, files.delta, NO_LIMIT);
        assertThat(Files.size(files.delta)).isLessThan(200);
        assertThat(files.applied()).isEqualTo(files.newerBytes());
    }

    @Test
    void leavesNothingWhereItWouldNotBeSmaller() throws IOException {
        Case files = new Case(directory);
        Random random = new Random(3);
        TensorSpec spec = new TensorSpec("w", DType.I64, List.of(5_000L), TensorKind.TRAINABLE);
        files.write(one(spec, noise(spec, random)), one(spec, noise(spec, random)));
        assertThat(ModelDelta.write(files.older, files.newer, files.delta, Files.size(files.newer) / 2))
                .isFalse();
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactlyInAnyOrder(files.older, files.newer);
        }
    }

    @Test
    void refusesADeltaFromAnotherFileAndToAnotherSize() throws IOException {
        Case files = new Case(directory);
        files.write(Values.floats("w", 1, 2, 3), Values.floats("w", 1, 2, 4));
        ModelDelta.write(files.older, files.newer, files.delta, NO_LIMIT);
        byte[] model = files.newerBytes();
        assertThatThrownBy(() -> apply(files.older, files.delta, files.made, model.length + 1))
                .hasMessageContaining("another size");
        assertThat(Files.size(files.made)).isZero();
        Files.write(files.older, new byte[1], StandardOpenOption.APPEND);
        assertThatThrownBy(files::applied).hasMessageContaining("from another file");
        Files.write(files.delta, new byte[100]);
        assertThatThrownBy(files::applied).hasMessageContaining("unknown format");
    }

    /** The three files of a delta and the one that is made with it. */
    private static final class Case {
        private final Path older;
        private final Path newer;
        private final Path delta;
        private final Path made;

        Case(Path directory) {
            older = directory.resolve("older");
            newer = directory.resolve("newer");
            delta = directory.resolve("delta");
            made = directory.resolve("made");
        }

        void write(TensorSet before, TensorSet after) {
            SafetensorsWriter.write(older, before, Map.of());
            SafetensorsWriter.write(newer, after, Map.of());
        }

        byte[] newerBytes() throws IOException {
            return Files.readAllBytes(newer);
        }

        byte[] applied() throws IOException {
            apply(older, delta, made, Files.size(newer));
            return Files.readAllBytes(made);
        }
    }

    private static void apply(Path older, Path delta, Path made, long size) throws IOException {
        try (FileSink sink = FileSink.open(made, 0, size)) {
            DeltaReader.apply(older, delta, sink);
        }
    }

    private static TensorSet tensors(Random random, int names) {
        List<NamedTensor> tensors = new ArrayList<>();
        int count = random.nextInt(6);
        for (int i = 0; i < count; i++) {
            DType type = DType.values()[random.nextInt(DType.values().length)];
            // Now and then more than a block.
            long elements = random.nextInt(40) == 0 ? 300_000 + random.nextInt(10) : random.nextInt(200);
            TensorSpec spec = new TensorSpec("t" + (i + names), type, List.of(elements), TensorKind.TRAINABLE);
            tensors.add(new NamedTensor(spec, noise(spec, random)));
        }
        return new TensorSet(tensors);
    }

    /** The same tensors, some changed here and there, some everywhere, some gone, in another order. */
    private static TensorSet related(TensorSet before, Random random) {
        List<NamedTensor> after = new ArrayList<>();
        for (NamedTensor tensor : before.tensors()) {
            TensorSpec spec = tensor.spec();
            byte[] data = tensor.data().toArray(ValueLayout.JAVA_BYTE);
            double share = random.nextDouble();
            for (int i = 0; i < data.length; i++) {
                if (random.nextDouble() < share) {
                    data[i] += (byte) random.nextInt(4);
                }
            }
            if (random.nextInt(8) > 0) {
                after.add(new NamedTensor(spec, MemorySegment.ofArray(data)));
            }
        }
        if (random.nextInt(4) == 0) {
            Collections.shuffle(after, random);
        }
        return new TensorSet(after);
    }

    private static TensorSet one(TensorSpec spec, MemorySegment data) {
        return new TensorSet(List.of(new NamedTensor(spec, data)));
    }

    private static MemorySegment noise(TensorSpec spec, Random random) {
        byte[] data = new byte[(int) spec.bytes()];
        random.nextBytes(data);
        return MemorySegment.ofArray(data);
    }

    private static byte[] damaged(byte[] delta, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(delta, random.nextInt(delta.length));
            case 1 -> Arrays.copyOf(delta, delta.length + 1 + random.nextInt(50));
            case 2 -> {
                // Sizes, runs and lengths of planes are where it hurts.
                ByteBuffer.wrap(delta).putInt(random.nextInt(delta.length - 3), random.nextInt());
                yield delta;
            }
            default -> {
                delta[random.nextInt(delta.length)] ^= (byte) (1 << random.nextInt(8));
                yield delta;
            }
        };
    }

    /** jqwik does not fill {@code @TempDir}. */
    private static void inDirectory(InDirectory work) throws IOException {
        Path place = Files.createTempDirectory("delta");
        try {
            work.in(place);
        } finally {
            try (Stream<Path> files = Files.list(place)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(place);
        }
    }

    private interface InDirectory {
        void in(Path place) throws IOException;
    }
}
