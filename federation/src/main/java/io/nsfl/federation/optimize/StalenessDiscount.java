package io.nsfl.federation.optimize;

import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.aggregate.StalenessWeight;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;

/**
 * Turns the weighted mean {@code sum s_i d_i / sum s_i} of a buffer into FedBuff's {@code sum s_i d_i / K}: the older its updates, the
 * shorter the step. Trainable tensors only: statistics are no step.
 */
public final class StalenessDiscount implements AggregateTreatment {
    @Override
    public void treat(Aggregate aggregate, ServerState state) {
        double factor = (double) aggregate.weight() / StalenessWeight.UNITS / aggregate.count();
        for (NamedTensor tensor : aggregate.tensors().tensors()) {
            if (tensor.spec().kind() == TensorKind.TRAINABLE) {
                scale(tensor, factor);
            }
        }
    }

    private static void scale(NamedTensor tensor, double factor) {
        double[] block = new double[Elements.BLOCK];
        DType type = tensor.spec().dtype();
        long elements = tensor.spec().elements();
        for (long from = 0; from < elements; from += Elements.BLOCK) {
            int count = Elements.block(elements, from);
            Elements.read(type, tensor.data(), from, count, block);
            for (int i = 0; i < count; i++) {
                block[i] *= factor;
            }
            Elements.write(type, tensor.data(), from, count, block);
        }
    }
}
