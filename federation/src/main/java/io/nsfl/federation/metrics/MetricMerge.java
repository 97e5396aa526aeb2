package io.nsfl.federation.metrics;

import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Merges the clients' metrics by their number of samples.
 *
 * <p>Each metric is the weighted mean over the clients that reported it as a finite number; a client that lacks it does not weigh in for
 * it. {@code sample_num} itself is the sum. Independent of the clients' order: the products are sorted before they are added.
 */
public final class MetricMerge {
    /** The metric that weighs the others. */
    public static final String SAMPLES = "sample_num";

    private MetricMerge() {}

    /**
     * @param clients each client's metrics by name; without a positive finite {@value #SAMPLES} a client does not count
     * @return the merged metrics by name, sorted; empty if no client counts
     */
    public static SortedMap<String, Double> bySamples(Collection<? extends Map<String, Double>> clients) {
        SortedMap<String, Sum> sums = new TreeMap<>();
        for (Map<String, Double> metrics : clients) {
            Double samples = metrics.get(SAMPLES);
            if (samples != null && samples > 0 && Double.isFinite(samples)) {
                metrics.forEach((name, value) -> {
                    if (value != null && Double.isFinite(value)) {
                        sums.computeIfAbsent(name, metric -> new Sum()).add(value, samples);
                    }
                });
            }
        }
        SortedMap<String, Double> merged = new TreeMap<>();
        sums.forEach((name, sum) -> merged.put(name, name.equals(SAMPLES) ? sum.weight() : sum.mean()));
        return merged;
    }
}
