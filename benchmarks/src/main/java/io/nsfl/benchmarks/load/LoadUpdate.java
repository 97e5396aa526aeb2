package io.nsfl.benchmarks.load;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.safetensors.SafetensorsDraft;
import io.nsfl.protocol.transfer.FrameSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Files of pseudo-random float32 numbers in the shape of one model: the model itself, and the one update that all clients send in every
 * round. A mapped file, so that a model of any size costs its reader no memory of its own.
 */
public final class LoadUpdate implements AutoCloseable {
    /** A large model has several tensors, as real ones have. */
    private static final long LARGEST_TENSOR = 10_000_000;

    private static final int LEAST_TENSORS = 2;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment mapped;
    private final byte[] sha256;

    private LoadUpdate(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            mapped = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
        }
        sha256 = digest(mapped);
    }

    /** Makes the file and opens it. @param scale largest absolute value */
    public static LoadUpdate create(Path file, long parameters, double scale) throws IOException {
        write(file, parameters, scale, 2);
        return new LoadUpdate(file);
    }

    /** Tensors that have this many elements together. */
    public static List<TensorSpec> tensors(long parameters) {
        long count = Math.min(parameters, Math.max(LEAST_TENSORS, (parameters + LARGEST_TENSOR - 1) / LARGEST_TENSOR));
        List<TensorSpec> specs = new ArrayList<>();
        for (long index = 0; index < count; index++) {
            long elements = parameters / count + (index < parameters % count ? 1 : 0);
            specs.add(new TensorSpec("layer" + index + ".weight", DType.F32, List.of(elements), TensorKind.TRAINABLE));
        }
        return specs;
    }

    /** Writes such a file; the same seed gives the same bytes. */
    public static void write(Path file, long parameters, double scale, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] block = new double[Elements.BLOCK];
        try (SafetensorsDraft draft = SafetensorsDraft.create(file, tensors(parameters), Map.of())) {
            for (NamedTensor tensor : draft.tensors().tensors()) {
                long elements = tensor.spec().elements();
                for (long from = 0; from < elements; from += Elements.BLOCK) {
                    int length = Elements.block(elements, from);
                    for (int i = 0; i < length; i++) {
                        block[i] = (2 * random.nextDouble() - 1) * scale;
                    }
                    Elements.write(DType.F32, tensor.data(), from, length, block);
                }
            }
            draft.commit();
        }
    }

    long size() {
        return mapped.byteSize();
    }

    byte[] sha256() {
        return sha256.clone();
    }

    /** Its bytes to send; any number at a time. */
    FrameSource source() {
        return FrameSource.memory(mapped);
    }

    private static byte[] digest(MemorySegment bytes) {
        MessageDigest digest = sha256Digest();
        int step = 1 << 20;
        for (long at = 0; at < bytes.byteSize(); at += step) {
            ByteBuffer part =
                    bytes.asSlice(at, Math.min(step, bytes.byteSize() - at)).asByteBuffer();
            digest.update(part);
        }
        return digest.digest();
    }

    static MessageDigest sha256Digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("Every Java runtime has SHA-256", missing);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
