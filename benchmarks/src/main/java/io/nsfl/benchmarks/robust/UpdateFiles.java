package io.nsfl.benchmarks.robust;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Updates of honest clients, normally distributed, and of malicious ones, far off: one float32 vector in each file. */
public final class UpdateFiles {
    private static final double DEVIATION = 1e-3;
    private static final double FAR = 1;

    private final TensorSpec spec;
    private final List<Path> files = new ArrayList<>();

    /** Writes them, the same ones for the same numbers. @param malicious how many of the clients are */
    public UpdateFiles(Path directory, int clients, int malicious, long elements) throws IOException {
        spec = new TensorSpec("weights", DType.F32, List.of(elements), TensorKind.TRAINABLE);
        for (int client = 0; client < clients; client++) {
            Path file = directory.resolve("update-%03d.f32".formatted(client));
            write(file, new Random(client), client < malicious ? FAR : DEVIATION);
            files.add(file);
        }
    }

    public List<Path> files() {
        return List.copyOf(files);
    }

    TensorSpec spec() {
        return spec;
    }

    TensorSet read(int client, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(files.get(client))) {
            return TensorSet.over(channel.map(MapMode.READ_ONLY, 0, spec.bytes(), arena), List.of(spec));
        }
    }

    private void write(Path file, Random random, double deviation) throws IOException {
        Files.deleteIfExists(file);
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(
                        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var mapped = channel.map(MapMode.READ_WRITE, 0, spec.bytes(), arena);
            double[] block = new double[Elements.BLOCK];
            for (long from = 0; from < spec.elements(); from += block.length) {
                int count = Elements.block(spec.elements(), from);
                for (int i = 0; i < count; i++) {
                    block[i] = random.nextGaussian() * deviation;
                }
                Elements.write(spec.dtype(), mapped, from, count, block);
            }
        }
    }
}
