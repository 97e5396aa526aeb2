package io.nsfl.modelformats.torch;

import io.nsfl.federation.tensor.TensorSpec;
import java.util.List;

/**
 * A tensor as the pickle describes it: a view of a storage.
 *
 * @param storage key of the storage in the archive
 * @param storageBytes bytes of the storage that the pickle claims
 * @param offset of the first element in the storage, in elements
 * @param strides distance of neighbours along each axis, in elements
 */
record TorchTensor(TensorSpec spec, String storage, long storageBytes, long offset, List<Long> strides) {
    boolean contiguous() {
        long expected = 1;
        for (int axis = strides.size() - 1; axis >= 0; axis--) {
            long size = spec.shape().get(axis);
            if (size != 1 && strides.get(axis) != expected) {
                return false;
            }
            expected *= size;
        }
        return true;
    }
}
