package io.nsfl.coordinator.algorithm;

import io.nsfl.federation.tensor.TensorSpec;
import java.util.List;

/** What updates carry beside the model's tensors. */
@FunctionalInterface
public interface ExtraTensors {
    ExtraTensors NONE = model -> List.of();

    /** Names and types for a model of these tensors, as {@link io.nsfl.federation.aggregate.FoldPlan#with} asks. */
    List<TensorSpec> beside(List<TensorSpec> model);
}
