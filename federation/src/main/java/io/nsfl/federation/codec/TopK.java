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
 * The k elements of a tensor that are largest in magnitude, as ascending indices and values; the others are zero. Of equal magnitudes the
 * first counts. {@code k = ceil(fraction * elements)}, at least 1.
 *
 * <p>What is left out belongs into the next update ({@link ErrorFeedback}), or it is lost for ever.
 */
final class TopK implements TensorCodec {
    private static final String INDEX = "#index";
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final double fraction;

    /** @param fraction above 0 and at most 1 */
    TopK(double fraction) {
        this.fraction = fraction;
    }

    @Override
    public List<TensorSpec> encoded(TensorSpec spec) {
        long kept = kept(spec.elements());
        DType index = spec.elements() <= Integer.MAX_VALUE ? DType.I32 : DType.I64;
        return List.of(
                new TensorSpec(spec.name(), spec.dtype(), List.of(kept), spec.kind()),
                new TensorSpec(spec.name() + INDEX, index, List.of(kept), TensorKind.INTEGER));
    }

    /** How many of so many elements are sent. */
    long kept(long elements) {
        return Math.min(elements, Math.max(1, (long) Math.ceil(fraction * elements)));
    }

    @Override
    public void encode(NamedTensor tensor, List<NamedTensor> out) {
        NamedTensor kept = out.getFirst();
        NamedTensor index = out.get(1);
        long k = kept.spec().elements();
        Threshold threshold = Threshold.of(tensor, k);
        double[] values = new double[Elements.BLOCK];
        double[] one = new double[1];
        long ties = threshold.ties();
        long sent = 0;
        long elements = tensor.spec().elements();
        for (long from = 0; from < elements && sent < k; from += Elements.BLOCK) {
            int count = Elements.block(elements, from);
            Elements.read(tensor.spec().dtype(), tensor.data(), from, count, values);
            for (int i = 0; i < count; i++) {
                int order = Double.compare(Math.abs(values[i]), threshold.magnitude());
                if (order > 0 || order == 0 && ties-- > 0) {
                    one[0] = values[i];
                    Elements.write(kept.spec().dtype(), kept.data(), sent, 1, one);
                    setIndex(index, sent, from + i);
                    sent++;
                }
            }
        }
    }

    @Override
    public void decode(List<NamedTensor> encoded, NamedTensor out) {
        NamedTensor kept = encoded.getFirst();
        NamedTensor index = encoded.get(1);
        MemorySegment data = out.data();
        data.fill((byte) 0);
        double[] one = new double[1];
        long before = -1;
        for (long i = 0; i < kept.spec().elements(); i++) {
            long at = Elements.wholeBits(index.spec().dtype(), index.data(), i);
            if (at <= before || at >= out.spec().elements()) {
                throw new IllegalArgumentException(
                        "the indices of tensor " + out.spec().name() + " do not ascend within its "
                                + out.spec().elements() + " elements");
            }
            Elements.read(kept.spec().dtype(), kept.data(), i, 1, one);
            Elements.write(out.spec().dtype(), data, at, 1, one);
            before = at;
        }
    }

    private static void setIndex(NamedTensor index, long at, long value) {
        if (index.spec().dtype() == DType.I32) {
            index.data().set(I32, at * Integer.BYTES, (int) value);
        } else {
            index.data().set(I64, at * Long.BYTES, value);
        }
    }
}
