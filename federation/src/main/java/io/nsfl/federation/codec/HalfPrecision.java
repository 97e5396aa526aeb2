package io.nsfl.federation.codec;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSpec;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/**
 * IEEE 754 binary16 with one power of two for the whole tensor: {@code value = half * 2^exponent}.
 *
 * <p>Plain binary16 overflows beyond 65504 and loses updates below 6e-8, where deltas often are. The exponent puts the largest element
 * into [2^14, 2^15), so nothing overflows, and every element within 2^-28 of the largest keeps its 11 significant bits; multiplying by
 * a power of two rounds nothing.
 */
final class HalfPrecision implements TensorCodec {
    private static final String EXPONENT = "#exponent";
    private static final int TOP = 14;
    private static final int LARGEST_EXPONENT = 2_000;
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public List<TensorSpec> encoded(TensorSpec spec) {
        return List.of(
                spec.as(DType.F16), new TensorSpec(spec.name() + EXPONENT, DType.I32, List.of(1L), TensorKind.INTEGER));
    }

    @Override
    public void encode(NamedTensor tensor, List<NamedTensor> out) {
        double largest = tensor.largestMagnitude();
        int exponent = largest > 0 ? Math.getExponent(largest) - TOP : 0;
        out.get(1).data().set(I32, 0, exponent);
        Blocks.map(tensor, out.getFirst(), value -> Math.scalb(value, -exponent));
    }

    @Override
    public void decode(List<NamedTensor> encoded, NamedTensor out) {
        int exponent = encoded.get(1).data().get(I32, 0);
        if (Math.abs((long) exponent) > LARGEST_EXPONENT) {
            throw new IllegalArgumentException("the exponent " + exponent + " of tensor "
                    + out.spec().name() + " is none that a floating number has");
        }
        Blocks.map(encoded.getFirst(), out, value -> Math.scalb(value, exponent));
    }
}
