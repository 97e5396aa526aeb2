package io.nsfl.federation.aggregate;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;

/** The size of an update: over its trainable tensors together. */
final class UpdateNorm {
    private UpdateNorm() {}

    /** Square of the L2 norm, in float64 and always in the same order. */
    static double squared(TensorSet update) {
        double sum = 0;
        for (NamedTensor tensor : update.tensors()) {
            if (tensor.spec().kind() == TensorKind.TRAINABLE) {
                sum += tensor.squaredNorm();
            }
        }
        return sum;
    }
}
