package io.nsfl.coordinator.round;

import io.nsfl.federation.metrics.MetricMerge;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Merges what clients measured by their sample counts. A script that reports no sample_num weighs 1, as it always did. */
public final class EvaluationMerge {
    private EvaluationMerge() {}

    public static SortedMap<String, Double> merge(Collection<Counted> results) {
        List<Map<String, Double>> weighted = results.stream()
                .<Map<String, Double>>map(result -> {
                    Map<String, Double> metrics = new TreeMap<>(result.metrics());
                    metrics.putIfAbsent(MetricMerge.SAMPLES, 1.0);
                    return metrics;
                })
                .toList();
        return MetricMerge.bySamples(weighted);
    }
}
