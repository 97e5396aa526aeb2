package io.nsfl.federation.optimize;

import io.nsfl.federation.aggregate.RangeEstimate;
import java.util.LinkedHashMap;
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

    /** What to expect of the next round's updates. Only after a finite step. */
    public RangeEstimate nextRanges() {
        Map<String, Double> largest = new LinkedHashMap<>();
        largestChange.forEach((name, change) -> largest.put(name, RangeEstimate.later(change, largestValue.get(name))));
        return new RangeEstimate(largest);
    }
}
