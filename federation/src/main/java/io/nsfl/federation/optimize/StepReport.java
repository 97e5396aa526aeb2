package io.nsfl.federation.optimize;

import io.nsfl.federation.aggregate.RangeEstimate;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a step did, by tensor name; trainable and statistic tensors only.
 *
 * @param largestChange largest absolute value of the aggregate: how far the clients went together, before a server learning rate, and
 *     so the measure for what they will send next
 * @param largestValue largest absolute value of the new model; NaN or infinite = the step left the numbers, do not commit it
 */
public record StepReport(Map<String, Double> largestChange, Map<String, Double> largestValue) {
    public StepReport {
        largestChange = Map.copyOf(largestChange);
        largestValue = Map.copyOf(largestValue);
    }

    /** Whether every element of the new model is a finite number. */
    public boolean finite() {
        return largestValue.values().stream().allMatch(Double::isFinite);
    }

    /** The same, with what the aggregate says of an algorithm's own tensors. */
    public StepReport with(TensorSet aggregate, List<TensorSpec> extras) {
        Map<String, Double> changes = new LinkedHashMap<>(largestChange);
        Map<String, Double> values = new LinkedHashMap<>(largestValue);
        for (TensorSpec extra : extras) {
            double largest = aggregate.get(extra.name()).largestMagnitude();
            changes.put(extra.name(), largest);
            values.put(extra.name(), largest);
        }
        return new StepReport(changes, values);
    }

    /** What to expect of the next round's updates. Only after a finite step. */
    public RangeEstimate nextRanges() {
        Map<String, Double> largest = new LinkedHashMap<>();
        largestChange.forEach((name, change) -> largest.put(name, RangeEstimate.later(change, largestValue.get(name))));
        return new RangeEstimate(largest);
    }
}
