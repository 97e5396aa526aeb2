package io.nsfl.federation.optimize;

import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.List;

/** A step that leaves integer tensors as they are: no noise or mask covers a counter, so the clients' own are not sent. */
public record KeptIntegers(ServerOptimizer inner) implements ServerOptimizer {
    @Override
    public List<TensorSpec> stateTensors(List<TensorSpec> model) {
        return inner.stateTensors(model);
    }

    @Override
    public void begin(TensorSet model, ServerState state) {
        inner.begin(model, state);
    }

    @Override
    public StepReport step(TensorSet base, Aggregate aggregate, TensorSet out, ServerState state) {
        for (NamedTensor tensor : base.tensors()) {
            if (tensor.spec().kind() == TensorKind.INTEGER) {
                aggregate.tensors().get(tensor.spec().name()).data().copyFrom(tensor.data());
            }
        }
        return inner.step(base, aggregate, out, state);
    }
}
