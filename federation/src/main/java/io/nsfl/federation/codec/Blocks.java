package io.nsfl.federation.codec;

import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import java.util.function.DoubleUnaryOperator;

/** Loops over the elements of floating tensors of the same shape. */
final class Blocks {
    private Blocks() {}

    /** {@code out[i] = change(in[i])}, rounded once to the type of {@code out}. */
    static void map(NamedTensor in, NamedTensor out, DoubleUnaryOperator change) {
        double[] values = new double[Elements.BLOCK];
        long elements = in.spec().elements();
        for (long from = 0; from < elements; from += Elements.BLOCK) {
            int count = Elements.block(elements, from);
            Elements.read(in.spec().dtype(), in.data(), from, count, values);
            for (int i = 0; i < count; i++) {
                values[i] = change.applyAsDouble(values[i]);
            }
            Elements.write(out.spec().dtype(), out.data(), from, count, values);
        }
    }
}
