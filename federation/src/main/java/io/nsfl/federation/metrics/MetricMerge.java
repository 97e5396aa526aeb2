package io.nsfl.federation.metrics;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Merges the clients' metrics by their number of samples.
 *
 * <p>Each metric is the weighted mean over the clients that reported it as a finite number; a client that lacks it does not weigh in for
 * it. {@code sample_num} itself is the sum; of what a training has cost in privacy the largest counts, as a mean would promise nobody anything. Independent of the clients' order: the products are sorted before they are added.
 */
public final class MetricMerge {
    /** The metric that weighs the others. */
    public static final String SAMPLES = "sample_num";

    /** What DP-SGD of a script has cost the records of its client: epsilon, and the delta under which it holds. */
    public static final String EPSILON = "dp_epsilon";

    public static final String DELTA = "dp_delta";

    private static final Set<String> LARGEST = Set.of(EPSILON, DELTA);

    private MetricMerge() {}

    /**
     * @param clients each client's metrics by name; without a positive finite {@value #SAMPLES} a client does not count
     * @return the merged metrics by name, sorted; empty if no client counts
     */
    public static SortedMap<String, Double> bySamples(Collection<? extends Map<String, Double>> clients) {
        SortedMap<String, Sum> sums = new TreeMap<>();
        SortedMap<String, Double> merged = new TreeMap<>();
        for (Map<String, Double> metrics : clients) {
            Double samples = metrics.get(SAMPLES);
            if (samples != null && samples > 0 && Double.isFinite(samples)) {
                metrics.forEach((name, value) -> {
                    if (value == null || !Double.isFinite(value)) {
                        return;
                    }
                    if (LARGEST.contains(name)) {
                        merged.merge(name, value, Math::max);
                    } else {
                        sums.computeIfAbsent(name, metric -> new Sum()).add(value, samples);
                    }
                });
            }
        }
        sums.forEach((name, sum) -> merged.put(name, name.equals(SAMPLES) ? sum.weight() : sum.mean()));
        return merged;
    }
}
