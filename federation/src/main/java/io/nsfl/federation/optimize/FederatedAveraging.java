package io.nsfl.federation.optimize;

import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.Magnitudes;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code model + learningRate * mean}: with a learning rate of 1, federated averaging.
 *
 * <p>The rate works on trainable tensors; statistics take the mean as it is, integer tensors the aggregate's value, local tensors keep
 * the base's. Computed in float64 and rounded once to the tensor's type.
 */
public final class FederatedAveraging implements ServerOptimizer {
    private final double learningRate;

    /** @param learningRate positive and finite */
    public FederatedAveraging(double learningRate) {
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("Cannot step with a learning rate of " + learningRate);
        }
        this.learningRate = learningRate;
    }

    @Override
    public StepReport step(TensorSet base, Aggregate aggregate, TensorSet out, ServerState state) {
        TensorSet means = aggregate.tensors();
        Map<String, Double> changes = new LinkedHashMap<>();
        Map<String, Double> values = new LinkedHashMap<>();
        for (NamedTensor tensor : base.tensors()) {
            String name = tensor.spec().name();
            NamedTensor target = out.get(name);
            switch (tensor.spec().kind()) {
                case TRAINABLE -> {
                    changes.put(name, move(tensor, means.get(name), learningRate, target));
                    values.put(name, target.largestMagnitude());
                }
                case STATISTIC -> {
                    changes.put(name, move(tensor, means.get(name), 1.0, target));
                    values.put(name, target.largestMagnitude());
                }
                case INTEGER -> target.data().copyFrom(means.get(name).data());
                case LOCAL -> target.data().copyFrom(tensor.data());
            }
        }
        return new StepReport(changes, values);
    }

    private static double move(NamedTensor base, NamedTensor change, double rate, NamedTensor out) {
        TensorSpec spec = base.spec();
        double[] values = new double[Elements.BLOCK];
        double[] changes = new double[Elements.BLOCK];
        double largest = 0;
        for (long from = 0; from < spec.elements(); from += Elements.BLOCK) {
            int count = Elements.block(spec.elements(), from);
            Elements.read(spec.dtype(), base.data(), from, count, values);
            Elements.read(change.spec().dtype(), change.data(), from, count, changes);
            for (int i = 0; i < count; i++) {
                values[i] += rate * changes[i];
            }
            largest = Math.max(largest, Magnitudes.largest(changes, count));
            Elements.write(out.spec().dtype(), out.data(), from, count, values);
        }
        return largest;
    }
}
