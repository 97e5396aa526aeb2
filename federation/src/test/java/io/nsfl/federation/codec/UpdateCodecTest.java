package io.nsfl.federation.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nsfl.federation.Tensors;
import io.nsfl.federation.Vectors;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class UpdateCodecTest {
    private final Random random = new Random(11);

    @Test
    void sendsTheLargestAndKeepsTheRestForTheNextRound() {
        Vectors vector = new Vectors("topk_error_feedback");
        TopK topK = new TopK(2.0 / 6);
        TensorSpec spec = Tensors.spec("g", DType.F64, TensorKind.TRAINABLE, 6);
        TensorSet residual = Tensors.set(Tensors.of(spec));
        for (int round = 0; round < 2; round++) {
            TensorSet update = Tensors.set(Tensors.of(spec, vector.numbers("grads." + round)));

            ErrorFeedback.add(residual, update);
            List<NamedTensor> encoded = allocate(topK.encoded(spec));
            topK.encode(update.get("g"), encoded);
            NamedTensor sent = Tensors.of(spec);
            topK.decode(encoded, sent);
            ErrorFeedback.rest(update, Tensors.set(sent), residual);

            assertThat(Tensors.values(encoded.get(1))).containsExactly(vector.numbers("idx." + round));
            assertThat(Tensors.values(sent)).containsExactly(vector.numbers("sent." + round));
            assertThat(Tensors.values(residual.get("g"))).containsExactly(vector.numbers("residual." + round));
        }
    }

    @Test
    void takesTheFirstOfEqualMagnitudes() {
        TopK topK = new TopK(0.5);
        TensorSpec spec = Tensors.spec("g", DType.F32, TensorKind.TRAINABLE, 6);
        List<NamedTensor> encoded = allocate(topK.encoded(spec));

        topK.encode(Tensors.of(spec, 1, -2, 1, -1, 0, 1), encoded);

        assertThat(Tensors.values(encoded.get(1))).containsExactly(0, 1, 2);
        assertThat(Tensors.values(encoded.get(0))).containsExactly(1, -2, 1);
    }

    @Test
    void keepsAsManyAsAFullSortWould() {
        TensorSpec spec = Tensors.spec("g", DType.F32, TensorKind.TRAINABLE, 20_000);
        double[] values = normal(20_000, 1e-3);
        TopK topK = new TopK(0.01);
        List<NamedTensor> encoded = allocate(topK.encoded(spec));

        topK.encode(Tensors.of(spec, values), encoded);

        double[] sorted =
                Arrays.stream(values).map(v -> Math.abs((float) v)).sorted().toArray();
        double least = Arrays.stream(Tensors.values(encoded.getFirst()))
                .map(Math::abs)
                .min()
                .orElseThrow();
        assertThat(encoded.getFirst().spec().elements()).isEqualTo(200);
        assertThat(least).isEqualTo(sorted[20_000 - 200]);
    }

    @Test
    void roundsToEightBitsWithTheScaleOfTheLargest() {
        TensorSpec spec = Tensors.spec("g", DType.F64, TensorKind.TRAINABLE, 6);
        Int8Symmetric int8 = new Int8Symmetric();
        List<NamedTensor> encoded = allocate(int8.encoded(spec));
        double[] values = {0.5, -3.0, 0.1, 2.0, -0.2, 0.05};

        int8.encode(Tensors.of(spec, values), encoded);
        NamedTensor decoded = Tensors.of(spec);
        int8.decode(encoded, decoded);

        double scale = 3.0 / 127;
        assertThat(encoded.get(1).at(0)).isEqualTo(scale);
        assertThat(Tensors.values(encoded.getFirst())).containsExactly(21, -127, 4, 85, -8, 2);
        for (int i = 0; i < values.length; i++) {
            assertThat(decoded.at(i)).isCloseTo(values[i], within(scale / 2));
        }
    }

    @Test
    void survivesATensorOfZeros() {
        for (UpdateCodec codec : lossy()) {
            assertThat(roundTrip(codec, DType.F32, new double[100])).containsOnly(0.0);
        }
    }

    @Test
    void halvesWithoutOverflowAndWithoutLosingSmallUpdates() {
        double[] values = normal(1_000, 1);
        for (double scale : new double[] {1e-12, 1, 1e6, 1e30}) {
            double[] scaled =
                    Arrays.stream(values).map(v -> (float) (v * scale)).toArray();
            double[] decoded = roundTrip(UpdateCodec.fp16(), DType.F32, scaled);
            for (int i = 0; i < scaled.length; i++) {
                // 11 significant bits, or the step below the smallest normal one.
                double bound = Math.max(Math.abs(scaled[i]) / 2048, largest(scaled) * 0x1p-38);
                assertThat(decoded[i]).isCloseTo(scaled[i], within(bound));
            }
        }
    }

    @Test
    void keepsTheRangeInBfloat16() {
        double[] values = {1.0, -2.5, 65520, 1e-30, 1e30};

        double[] decoded = roundTrip(UpdateCodec.bf16(), DType.F32, Arrays.copyOf(values, 100));

        for (int i = 0; i < values.length; i++) {
            assertThat(decoded[i]).isCloseTo(values[i], within(Math.abs(values[i]) / 256));
        }
    }

    @Test
    void leavesStatisticsIntegersAndSmallTensorsAsTheyAre() {
        List<TensorSpec> update = List.of(
                Tensors.spec("w", DType.F32, TensorKind.TRAINABLE, 1_000),
                Tensors.spec("mean", DType.F32, TensorKind.STATISTIC, 1_000),
                Tensors.spec("count", DType.I64, TensorKind.INTEGER, 1_000),
                Tensors.spec("b", DType.F32, TensorKind.TRAINABLE, 10));

        assertThat(UpdateCodec.int8().encoded(update))
                .extracting(spec -> spec.name() + " " + spec.dtype())
                .containsExactly("w I8", "w#scale F64", "mean F32", "count I64", "b F32");
        assertThat(UpdateCodec.topK(0.1).lossy(update))
                .extracting(TensorSpec::name)
                .containsExactly("w");
        assertThat(UpdateCodec.bf16().lossy(update))
                .extracting(TensorSpec::name)
                .containsExactly("w");
        assertThat(UpdateCodec.NONE.encoded(update)).isEqualTo(update);
    }

    @Test
    void shrinksAsStated() {
        List<TensorSpec> update = List.of(Tensors.spec("w", DType.F32, TensorKind.TRAINABLE, 1_000_000));

        assertThat(TensorSet.packedBytes(UpdateCodec.fp16().encoded(update))).isEqualTo(2_000_004);
        assertThat(TensorSet.packedBytes(UpdateCodec.bf16().encoded(update))).isEqualTo(2_000_000);
        assertThat(TensorSet.packedBytes(UpdateCodec.int8().encoded(update))).isEqualTo(1_000_008);
        assertThat(TensorSet.packedBytes(UpdateCodec.topK(0.01).encoded(update)))
                .isEqualTo(80_000);
    }

    @Test
    void doesNotMakeATensorLarger() {
        List<TensorSpec> update = List.of(Tensors.spec("w", DType.F32, TensorKind.TRAINABLE, 1_000));

        assertThat(UpdateCodec.topK(0.6).encoded(update)).isEqualTo(update);
        List<TensorSpec> half = List.of(Tensors.spec("w", DType.F16, TensorKind.TRAINABLE, 1_000));
        assertThat(UpdateCodec.fp16().encoded(half)).isEqualTo(half);
    }

    @Test
    void refusesValuesThatStandForNothing() {
        TensorSpec spec = Tensors.spec("w", DType.F32, TensorKind.TRAINABLE, 100);
        NamedTensor out = Tensors.of(spec);

        for (double scale : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            List<NamedTensor> int8 = allocate(new Int8Symmetric().encoded(spec));
            int8.get(1).data().set(ValueLayout.JAVA_DOUBLE_UNALIGNED, 0, scale);
            assertThatThrownBy(() -> new Int8Symmetric().decode(int8, out)).hasMessageContaining("scale");
        }
        List<NamedTensor> half = allocate(new HalfPrecision().encoded(spec));
        half.get(1).data().set(ValueLayout.JAVA_INT_UNALIGNED, 0, 5_000);
        assertThatThrownBy(() -> new HalfPrecision().decode(half, out)).hasMessageContaining("exponent");
        for (int second : new int[] {0, 100, -1, Integer.MIN_VALUE}) {
            List<NamedTensor> topK = allocate(new TopK(0.02).encoded(spec));
            topK.get(1).data().set(ValueLayout.JAVA_INT_UNALIGNED, 4, second);
            assertThatThrownBy(() -> new TopK(0.02).decode(topK, out)).hasMessageContaining("indices");
        }
    }

    private double[] roundTrip(UpdateCodec codec, DType type, double[] values) {
        TensorSpec spec = Tensors.spec("w", type, TensorKind.TRAINABLE, values.length);
        TensorSet update = Tensors.set(Tensors.of(spec, values));
        TensorSet encoded = new TensorSet(allocate(codec.encoded(update.specs())));
        TensorSet decoded = Tensors.set(Tensors.of(spec));
        codec.encode(update, encoded);
        codec.decode(encoded, decoded);
        return Tensors.values(decoded.get("w"));
    }

    private static List<UpdateCodec> lossy() {
        return List.of(UpdateCodec.fp16(), UpdateCodec.bf16(), UpdateCodec.int8(), UpdateCodec.topK(0.1));
    }

    private static List<NamedTensor> allocate(List<TensorSpec> specs) {
        return TensorSet.allocate(Arena.ofAuto(), specs).tensors();
    }

    private double[] normal(int count, double deviation) {
        return LongStream.range(0, count)
                .mapToDouble(i -> (float) (random.nextGaussian() * deviation))
                .toArray();
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).max().orElseThrow();
    }
}
