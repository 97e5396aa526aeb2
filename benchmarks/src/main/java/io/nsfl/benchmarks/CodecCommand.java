package io.nsfl.benchmarks;

import io.nsfl.federation.codec.UpdateCodec;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Bytes and time of encoded updates beside one that is sent as it is. */
@Command(
        name = "codec",
        mixinStandardHelpOptions = true,
        description =
                "Encode and decode one update of normally distributed values in memory, with each encoding in turn.")
final class CodecCommand implements Callable<Integer> {
    private static final double DEVIATION = 1e-3;

    @Option(
            names = "--params",
            defaultValue = "10000000",
            paramLabel = "P",
            description = "Elements of the update (${DEFAULT-VALUE}).")
    private long params;

    @Option(
            names = "--turns",
            defaultValue = "9",
            paramLabel = "T",
            description = "Turns of all encodings, of which the first third does not count (${DEFAULT-VALUE}).")
    private int turns;

    @Override
    public Integer call() {
        if (params < UpdateCodec.SMALLEST || turns < 1) {
            throw new FaultException(
                    Fault.REQUEST_INVALID, "--params is at least " + UpdateCodec.SMALLEST + ", --turns at least 1");
        }
        Map<String, UpdateCodec> codecs = new LinkedHashMap<>();
        codecs.put("none", UpdateCodec.NONE);
        codecs.put("fp16", UpdateCodec.fp16());
        codecs.put("bf16", UpdateCodec.bf16());
        codecs.put("int8", UpdateCodec.int8());
        codecs.put("topk 1%", UpdateCodec.topK(0.01));
        TensorSpec spec = new TensorSpec("weights", DType.F32, List.of(params), TensorKind.TRAINABLE);
        Map<String, Timed> timed = new LinkedHashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            TensorSet update = update(arena, spec);
            for (int turn = 0; turn < turns; turn++) {
                for (Map.Entry<String, UpdateCodec> codec : codecs.entrySet()) {
                    Timed times = timed.computeIfAbsent(codec.getKey(), _ -> new Timed(turns));
                    times.run(codec.getValue(), update, turn);
                }
            }
        }
        Timed plain = timed.get("none");
        System.out.println("| encoding | bytes / plain | encode ms | decode ms | error / largest |");
        System.out.println("|---|---|---|---|---|");
        timed.forEach((name, times) -> System.out.printf(
                Locale.ROOT,
                "| %s | %.4f | %.1f | %.1f | %.2e |%n",
                name,
                times.bytes / (double) plain.bytes,
                Timed.median(times.encode),
                Timed.median(times.decode),
                times.error));
        System.out.printf(
                Locale.ROOT,
                "result int8_bytes=%.4f int8_encode_ms=%.1f int8_decode_ms=%.1f params=%d%n",
                timed.get("int8").bytes / (double) plain.bytes,
                Timed.median(timed.get("int8").encode),
                Timed.median(timed.get("int8").decode),
                params);
        return 0;
    }

    private static TensorSet update(Arena arena, TensorSpec spec) {
        TensorSet update = TensorSet.allocate(arena, List.of(spec));
        Random random = new Random(1);
        double[] block = new double[Elements.BLOCK];
        for (long from = 0; from < spec.elements(); from += block.length) {
            int count = Elements.block(spec.elements(), from);
            for (int i = 0; i < count; i++) {
                block[i] = random.nextGaussian() * DEVIATION;
            }
            Elements.write(spec.dtype(), update.tensors().getFirst().data(), from, count, block);
        }
        return update;
    }

    /** Milliseconds of each turn. */
    private static final class Timed {
        private final double[] encode;
        private final double[] decode;
        private long bytes;
        private double error;

        private Timed(int turns) {
            encode = new double[turns];
            decode = new double[turns];
        }

        private void run(UpdateCodec codec, TensorSet update, int turn) {
            try (Arena arena = Arena.ofConfined()) {
                TensorSet encoded = TensorSet.allocate(arena, codec.encoded(update.specs()));
                TensorSet decoded = TensorSet.allocate(arena, update.specs());
                long start = System.nanoTime();
                codec.encode(update, encoded);
                long between = System.nanoTime();
                codec.decode(encoded, decoded);
                long end = System.nanoTime();
                encode[turn] = (between - start) / 1e6;
                decode[turn] = (end - between) / 1e6;
                bytes = encoded.bytes();
                error = turn == 0 ? error(update, decoded) : error;
            }
        }

        private static double error(TensorSet update, TensorSet decoded) {
            NamedTensor before = update.tensors().getFirst();
            NamedTensor after = decoded.tensors().getFirst();
            double worst = 0;
            long elements = before.spec().elements();
            double[] one = new double[Elements.BLOCK];
            double[] other = new double[Elements.BLOCK];
            for (long from = 0; from < elements; from += one.length) {
                int count = Elements.block(elements, from);
                Elements.read(before.spec().dtype(), before.data(), from, count, one);
                Elements.read(after.spec().dtype(), after.data(), from, count, other);
                for (int i = 0; i < count; i++) {
                    worst = Math.max(worst, Math.abs(one[i] - other[i]));
                }
            }
            return worst / before.largestMagnitude();
        }

        private static double median(double[] all) {
            double[] counted = Arrays.copyOfRange(all, all.length / 3, all.length);
            Arrays.sort(counted);
            return counted[counted.length / 2];
        }
    }
}
