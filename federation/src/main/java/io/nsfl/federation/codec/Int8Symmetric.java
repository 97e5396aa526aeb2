package io.nsfl.federation.codec;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Symmetric 8-bit integers with one scale for each tensor: {@code scale = max|x| / 127}, {@code q = rint(x / scale)} within [-127, 127],
 * {@code x ~ q * scale}. An element is off by at most half a scale.
 */
final class Int8Symmetric implements TensorCodec {
    private static final String SCALE = "#scale";
    private static final int LEVELS = 127;
    private static final ValueLayout.OfDouble F64 =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public List<TensorSpec> encoded(TensorSpec spec) {
        return List.of(
                spec.as(DType.I8), new TensorSpec(spec.name() + SCALE, DType.F64, List.of(1L), TensorKind.STATISTIC));
    }

    @Override
    public void encode(NamedTensor tensor, List<NamedTensor> out) {
        double scale = tensor.largestMagnitude() / LEVELS;
        out.get(1).data().set(F64, 0, scale);
        MemorySegment levels = out.getFirst().data();
        double[] values = new double[Elements.BLOCK];
        long elements = tensor.spec().elements();
        for (long from = 0; from < elements; from += Elements.BLOCK) {
            int count = Elements.block(elements, from);
            Elements.read(tensor.spec().dtype(), tensor.data(), from, count, values);
            for (int i = 0; i < count; i++) {
                double level = scale > 0 ? Math.rint(values[i] / scale) : 0;
                levels.set(ValueLayout.JAVA_BYTE, from + i, (byte) Math.clamp(level, -LEVELS, LEVELS));
            }
        }
    }

    @Override
    public void decode(List<NamedTensor> encoded, NamedTensor out) {
        double scale = encoded.get(1).data().get(F64, 0);
        if (!(scale >= 0) || Double.isInfinite(scale)) {
            throw new IllegalArgumentException(
                    "the scale " + scale + " of tensor " + out.spec().name() + " is no finite number of at least 0");
        }
        Blocks.map(encoded.getFirst(), out, level -> level * scale);
    }
}
