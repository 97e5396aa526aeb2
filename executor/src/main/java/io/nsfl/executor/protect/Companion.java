package io.nsfl.executor.protect;

import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.List;

/** Tensors that an algorithm sends in an update beside the change of the weights, after it and under a prefix of its own. */
public interface Companion {
    List<TensorSpec> specs();

    /**
     * Fills them.
     *
     * @param base the round's model
     * @param trained the model that the script committed
     * @param out the update, {@link #specs} among its tensors
     */
    void write(TensorSet base, TensorSet trained, TensorSet out);
}
