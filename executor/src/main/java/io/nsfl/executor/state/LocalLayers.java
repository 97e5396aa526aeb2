package io.nsfl.executor.state;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.modelformats.safetensors.SafetensorsWriter;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.util.List;
import java.util.Map;

/** The job's {@code local_layers}: their trained values stay here, for this client's next round and its evaluations. */
public final class LocalLayers {
    /** What {@link TaskState} keeps them under; the task-manager lays them over the round's weights. */
    static final String STATE = "local_layers";

    private LocalLayers() {}

    /** @param trained under the job's names and kinds */
    public static void leave(TensorSet trained, TaskState state) {
        List<NamedTensor> local = trained.tensors().stream()
                .filter(tensor -> tensor.spec().kind() == TensorKind.LOCAL)
                .toList();
        for (NamedTensor tensor : local) {
            if (!tensor.finite()) {
                throw new FaultException(
                        Fault.NON_FINITE,
                        "After training, the local tensor " + tensor.spec().name()
                                + " holds values that are not finite (NaN or infinity); it is not kept.");
            }
        }
        if (!local.isEmpty()) {
            SafetensorsWriter.write(state.next(STATE), new TensorSet(local), Map.of());
        }
    }
}
