package io.nsfl.federation.state;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.List;

/** A part of an algorithm that may remember something from round to round. */
public interface Stateful {
    /** The tensors that it keeps, for a model of these tensors. The same in every round and in every process. */
    default List<TensorSpec> stateTensors(List<TensorSpec> model) {
        return List.of();
    }

    /**
     * Fills what it keeps before the first round. Deterministic: a coordinator that starts again before the first commit begins anew.
     *
     * @param state {@link #stateTensors} as zeros, writable; no numbers
     */
    default void begin(TensorSet model, ServerState state) {}

    /** Whether the clients of the next round are sent the tensors that it keeps. */
    default boolean forClients() {
        return false;
    }

    /** One tensor of this part for each trainable tensor of the model, as wide as a computation needs it: 16-bit types become F32. */
    static List<TensorSpec> beside(String part, List<TensorSpec> model) {
        return model.stream()
                .filter(spec -> spec.kind() == TensorKind.TRAINABLE)
                .map(spec -> new TensorSpec(part + "/" + spec.name(), wide(spec.dtype()), spec.shape(), spec.kind()))
                .toList();
    }

    private static DType wide(DType type) {
        return type == DType.F64 ? DType.F64 : DType.F32;
    }
}
