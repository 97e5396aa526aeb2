package io.nsfl.federation.optimize;

import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.tensor.TensorSet;

/** {@code model + learningRate * mean}: with a learning rate of 1, federated averaging (McMahan et al., AISTATS 2017). */
public final class FederatedAveraging implements ServerOptimizer {
    private final double learningRate;

    /** @param learningRate positive and finite */
    public FederatedAveraging(double learningRate) {
        this.learningRate = LearningRate.of(learningRate);
    }

    @Override
    public StepReport step(TensorSet base, Aggregate aggregate, TensorSet out, ServerState state) {
        return ModelStep.over(base, aggregate, out, (_, _, count, values, changes) -> {
            for (int i = 0; i < count; i++) {
                values[i] += learningRate * changes[i];
            }
        });
    }
}
