package io.nsfl.federation.optimize;

import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.state.Stateful;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.List;

/**
 * FedAvgM (Hsu et al. 2019): {@code v = beta * v + mean; model + learningRate * v}, with v of zeros before the first round, no dampening
 * and no Nesterov step. Remembers v: one model's size.
 */
public final class ServerMomentum implements ServerOptimizer {
    private static final String PART = "momentum";

    private final double learningRate;
    private final double beta;

    /**
     * @param learningRate positive and finite
     * @param beta from 0 to below 1
     */
    public ServerMomentum(double learningRate, double beta) {
        if (!(beta >= 0 && beta < 1)) {
            throw new IllegalArgumentException("Cannot step with a momentum of " + beta);
        }
        this.learningRate = LearningRate.of(learningRate);
        this.beta = beta;
    }

    @Override
    public List<TensorSpec> stateTensors(List<TensorSpec> model) {
        return Stateful.beside(PART, model);
    }

    @Override
    public StepReport step(TensorSet base, Aggregate aggregate, TensorSet out, ServerState state) {
        double[] momentum = new double[Elements.BLOCK];
        return ModelStep.over(base, aggregate, out, (spec, from, count, values, changes) -> {
            NamedTensor kept = state.tensor(PART, spec.name());
            Elements.read(kept.spec().dtype(), kept.data(), from, count, momentum);
            for (int i = 0; i < count; i++) {
                momentum[i] = beta * momentum[i] + changes[i];
                values[i] += learningRate * momentum[i];
            }
            Elements.write(kept.spec().dtype(), kept.data(), from, count, momentum);
        });
    }
}
