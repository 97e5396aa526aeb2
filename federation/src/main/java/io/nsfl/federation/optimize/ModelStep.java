package io.nsfl.federation.optimize;

import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.Magnitudes;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The walk over a model that all server optimizers share: their rule works on trainable tensors; statistics take the mean as it is,
 * integer tensors the aggregate's value, local tensors keep the base's. Computed block by block in float64 and rounded once to the
 * tensor's type.
 */
final class ModelStep {
    private static final Rule ADD = (_, _, count, values, changes) -> {
        for (int i = 0; i < count; i++) {
            values[i] += changes[i];
        }
    };

    private ModelStep() {}

    /** What a step makes of a block of one trainable tensor. */
    @FunctionalInterface
    interface Rule {
        /**
         * @param from the block's first element
         * @param values the base model's, to become the new model's
         * @param changes the aggregate's
         */
        void move(TensorSpec spec, long from, int count, double[] values, double[] changes);
    }

    static StepReport over(TensorSet base, Aggregate aggregate, TensorSet out, Rule rule) {
        TensorSet means = aggregate.tensors();
        Map<String, Double> changes = new LinkedHashMap<>();
        Map<String, Double> values = new LinkedHashMap<>();
        for (NamedTensor tensor : base.tensors()) {
            String name = tensor.spec().name();
            NamedTensor target = out.get(name);
            switch (tensor.spec().kind()) {
                case TRAINABLE -> {
                    changes.put(name, move(tensor, means.get(name), rule, target));
                    values.put(name, target.largestMagnitude());
                }
                case STATISTIC -> {
                    changes.put(name, move(tensor, means.get(name), ADD, target));
                    values.put(name, target.largestMagnitude());
                }
                case INTEGER -> target.data().copyFrom(means.get(name).data());
                case LOCAL -> target.data().copyFrom(tensor.data());
            }
        }
        return new StepReport(changes, values);
    }

    private static double move(NamedTensor base, NamedTensor change, Rule rule, NamedTensor out) {
        TensorSpec spec = base.spec();
        double[] values = new double[Elements.BLOCK];
        double[] changes = new double[Elements.BLOCK];
        double largest = 0;
        for (long from = 0; from < spec.elements(); from += Elements.BLOCK) {
            int count = Elements.block(spec.elements(), from);
            Elements.read(spec.dtype(), base.data(), from, count, values);
            Elements.read(change.spec().dtype(), change.data(), from, count, changes);
            largest = Math.max(largest, Magnitudes.largest(changes, count));
            rule.move(spec, from, count, values, changes);
            Elements.write(out.spec().dtype(), out.data(), from, count, values);
        }
        return largest;
    }
}
