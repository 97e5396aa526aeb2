package io.nsfl.modelformats;

import io.nsfl.federation.tensor.TensorSet;
import java.nio.file.Path;

/**
 * An opened model file: its tensors in the framework's order with kinds assigned, and itself as the template of further files.
 *
 * <p>The tensors are views of the mapped file where its layout allows, else copies outside the heap. They can be read by any
 * thread and are gone after {@link #close}. The file must not be changed while it is open.
 */
public interface ModelFile extends AutoCloseable {
    ModelFormat format();

    /** The tensors in the framework's order; Keras: that of {@code get_weights()}. */
    TensorSet tensors();

    /**
     * Writes a copy of this file that holds other values and is otherwise the same, byte for byte: the same values give the same
     * bytes. The copy appears at {@code target} whole or not at all and replaces what is there.
     *
     * @param values exactly the names of {@link #tensors}, in any order, with the same types and shapes
     * @throws io.nsfl.protocol.fault.FaultException SHAPE when the values are not those of this model; STORAGE_UNAVAILABLE when
     *     the target cannot be written
     */
    void writeCopy(TensorSet values, Path target);

    /** Gives back the memory of the tensors. */
    @Override
    void close();
}
