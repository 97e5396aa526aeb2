package io.nsfl.executor.task;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.TensorRule;
import java.util.List;

/** The job's tensors as a task describes them. */
final class TensorRules {
    private TensorRules() {}

    static List<TensorSpec> specs(List<TensorRule> rules) {
        return rules.stream()
                .map(rule -> new TensorSpec(rule.getName(), dtype(rule), List.copyOf(rule.getShapeList()), kind(rule)))
                .toList();
    }

    private static DType dtype(TensorRule rule) {
        return DType.of(rule.getDtype())
                .orElseThrow(() -> new FaultException(
                        Fault.REQUEST_INVALID,
                        "Tensor " + rule.getName() + " has the unknown type " + rule.getDtype() + "."));
    }

    private static TensorKind kind(TensorRule rule) {
        return switch (rule.getTreatment()) {
            case TENSOR_TREATMENT_TRAINABLE -> TensorKind.TRAINABLE;
            case TENSOR_TREATMENT_STATISTIC -> TensorKind.STATISTIC;
            case TENSOR_TREATMENT_INTEGER -> TensorKind.INTEGER;
            case TENSOR_TREATMENT_LOCAL -> TensorKind.LOCAL;
            case TENSOR_TREATMENT_UNSPECIFIED, UNRECOGNIZED ->
                throw new FaultException(
                        Fault.REQUEST_INVALID,
                        "Tensor " + rule.getName() + " has no treatment that this executor knows; update the client.");
        };
    }
}
