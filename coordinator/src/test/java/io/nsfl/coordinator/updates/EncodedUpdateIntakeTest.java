package io.nsfl.coordinator.updates;

import static io.nsfl.protocol.v1.TaskKind.TASK_KIND_TRAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.nsfl.coordinator.broadcast.LoopbackDoor;
import io.nsfl.federation.codec.UpdateCodec;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import io.nsfl.modelformats.safetensors.SafetensorsWriter;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.Receipt.Verdict;
import io.nsfl.protocol.v1.ResultHeader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Encoded updates and what follows them, good and hostile, over a real connection. */
@Timeout(60)
class EncodedUpdateIntakeTest {
    private static final List<TensorSpec> TENSORS = LoopbackDoor.TENSORS;
    private static final UpdateCodec CODEC = UpdateCodec.int8();
    private static final byte[] NOTHING = {};

    @TempDir
    Path directory;

    private Path stage;
    private LoopbackDoor door;

    @BeforeEach
    void open() throws IOException {
        stage = directory.resolve("stage");
        door = new LoopbackDoor(stage, 4 << 20, new UpdateFormat(CODEC, 1_000));
        door.desk.open(door.work(TASK_KIND_TRAIN));
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void offersWhatAnEncodedUpdateStandsFor() throws Exception {
        byte[] update = encoded(0.01);

        assertThat(submit(update, NOTHING).getVerdict()).isEqualTo(Verdict.HELD);

        Path offered = Files.write(directory.resolve("offered"), door.desk.offeredContents.getFirst());
        try (SafetensorsFile file = SafetensorsFile.open(offered)) {
            assertThat(file.tensors().specs())
                    .zipSatisfy(
                            TENSORS,
                            (received, expected) ->
                                    assertThat(received.sameLayout(expected)).isTrue());
            assertThat(file.tensors().get("dense/kernel").at(7)).isCloseTo(0.01, within(1e-4));
        }
        assertThat(update.length).isLessThan(door.desk.offeredContents.getFirst().length / 3);
        assertThat(staged()).isEmpty();
    }

    @Test
    void refusesAnUpdateThatIsNotEncodedBeforeReadingIt() {
        rejected(submit(bytes(TENSORS), NOTHING), Fault.REQUEST_TOO_LARGE);
    }

    @Test
    void refusesOtherTensorsThanTheEncodingHas() {
        List<TensorSpec> renamed = CODEC.encoded(TENSORS).stream()
                .map(spec -> new TensorSpec(spec.name().replace("#", "+"), spec.dtype(), spec.shape(), spec.kind()))
                .toList();

        rejected(submit(bytes(renamed), NOTHING), Fault.SHAPE);
    }

    @Test
    void refusesAScaleThatIsNoNumberAndValuesThatGrowBeyondAllNumbers() throws Exception {
        rejected(submit(scaled(Double.NaN), NOTHING), Fault.UPDATE_MALFORMED);
        door.close();
        open();
        rejected(submit(scaled(1e300), NOTHING), Fault.NON_FINITE);
        assertThat(staged()).isEmpty();
    }

    @Test
    void refusesBytesThatAreNoTensors() {
        byte[] garbage = new byte[encoded(0.01).length];

        rejected(submit(garbage, NOTHING), Fault.UPDATE_MALFORMED);
    }

    @Test
    void keepsTheScriptsFilesApartFromTheUpdate() {
        byte[] files = {1, 2, 3};

        assertThat(submit(encoded(0.01), files).getVerdict()).isEqualTo(Verdict.HELD);

        assertThat(door.desk.offeredResultFiles.getFirst()).containsExactly(files);
        assertThat(staged()).isEmpty();
    }

    @Test
    void boundsTheScriptsFiles() {
        rejected(submit(encoded(0.01), new byte[1_001]), Fault.REQUEST_TOO_LARGE);
    }

    @Test
    void refusesFilesOfAScriptWhereNobodyReadsThem() throws IOException {
        door.close();
        door = new LoopbackDoor(stage, 4 << 20);
        door.desk.open(door.work(TASK_KIND_TRAIN));

        rejected(submit(bytes(TENSORS), new byte[1]), Fault.REQUEST_TOO_LARGE);
    }

    private Receipt submit(byte[] update, byte[] files) {
        byte[] all = java.util.Arrays.copyOf(update, update.length + files.length);
        System.arraycopy(files, 0, all, update.length, files.length);
        try {
            ResultHeader header = ResultHeader.newBuilder()
                    .setTask(door.task("c-1", TASK_KIND_TRAIN))
                    .setSize(all.length)
                    .setSha256(ByteString.copyFrom(
                            MessageDigest.getInstance("SHA-256").digest(all)))
                    .setBaseDigest(ByteString.copyFrom(LoopbackDoor.BASE_DIGEST))
                    .putMetrics("sample_num", 600)
                    .setResultFilesSize(files.length)
                    .build();
            return door.submit(header, all).get(60, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new AssertionError("The call failed", failed);
        }
    }

    private static void rejected(Receipt receipt, Fault fault) {
        assertThat(receipt.getVerdict()).isEqualTo(Verdict.REJECTED);
        assertThat(receipt.getFault().getCode()).isEqualTo(fault.name());
    }

    private byte[] encoded(double value) {
        try (Arena arena = Arena.ofConfined()) {
            TensorSet update = TensorSet.allocate(arena, TENSORS);
            Elements.write(DType.F32, update.get("dense/kernel").data(), 7, 1, new double[] {value});
            TensorSet encoded = TensorSet.allocate(arena, CODEC.encoded(TENSORS));
            CODEC.encode(update, encoded);
            return bytes(encoded);
        }
    }

    private byte[] scaled(double scale) {
        try (Arena arena = Arena.ofConfined()) {
            TensorSet encoded = TensorSet.allocate(arena, CODEC.encoded(TENSORS));
            encoded.get("dense/kernel").data().fill((byte) 100);
            encoded.get("dense/kernel#scale").data().set(ValueLayout.JAVA_DOUBLE_UNALIGNED, 0, scale);
            return bytes(encoded);
        }
    }

    private byte[] bytes(List<TensorSpec> specs) {
        try (Arena arena = Arena.ofConfined()) {
            return bytes(TensorSet.allocate(arena, specs));
        }
    }

    private byte[] bytes(TensorSet tensors) {
        try {
            Path file = directory.resolve("update.safetensors");
            SafetensorsWriter.write(file, tensors, Map.of());
            return Files.readAllBytes(file);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private List<Path> staged() {
        try (Stream<Path> files = Files.list(stage)) {
            return files.toList();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
