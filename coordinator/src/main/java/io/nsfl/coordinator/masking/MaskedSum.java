package io.nsfl.coordinator.masking;

import io.nsfl.coordinator.round.MaskedLayout;
import io.nsfl.federation.metrics.MetricMerge;
import io.nsfl.federation.privacy.CentralNoise;
import io.nsfl.federation.privacy.ClipCount;
import io.nsfl.federation.secagg.contribution.ContributionSum;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * What a session's sum says of a round.
 *
 * @param clients whose results are in it
 */
public record MaskedSum(MaskedLayout layout, ContributionSum sum, SortedSet<String> clients) {
    /** Sum of the weights as they counted. */
    public long weight() {
        return sum.totalWeight();
    }

    /** Weighted means of the metrics that scripts reported, and {@code sample_num}, the sum of the weights. */
    public SortedMap<String, Double> metrics() {
        SortedMap<String, Double> means = new TreeMap<>();
        means.put(MetricMerge.SAMPLES, (double) weight());
        for (int i = 0; i < layout.metrics().size(); i++) {
            double reported = sum.metric(2 * i);
            if (reported > 0 && i != withinClip()) {
                means.put(layout.metrics().get(i), sum.metric(2 * i + 1) / reported);
            }
        }
        return means;
    }

    /**
     * By how much rounding may have lengthened a client's update: the noise of privacy makes up for it. And where clients told whether they
     * were clipped, how many were not; no more than there are, whatever one of them masked.
     */
    public Map<String, Double> findings() {
        Map<String, Double> findings = new TreeMap<>();
        findings.put(CentralNoise.QUANTISATION, layout.contribution().largestRounding());
        if (withinClip() >= 0) {
            double within = sum.metric(2 * withinClip() + 1) * weight();
            findings.put(ClipCount.WITHIN, Math.clamp(within, 0, clients.size()));
        }
        return findings;
    }

    /** Its place among the metrics; -1 = it is none of them. */
    private int withinClip() {
        return layout.metrics().indexOf(ClipCount.REPORTED);
    }

    /**
     * Writes the weighted mean of the updates. Of tensors that are not masked integers keep the base's values, others do not change.
     *
     * @param out the tensors of an update
     */
    public void mean(TensorSet base, TensorSet out) {
        sum.mean(new TensorSet(layout.tensors().stream().map(out::get).toList()));
        for (NamedTensor tensor : out.tensors()) {
            if (tensor.spec().kind() == TensorKind.INTEGER) {
                tensor.data().copyFrom(base.get(tensor.spec().name()).data());
            } else if (!layout.tensors().contains(tensor.spec().name())) {
                tensor.data().fill((byte) 0);
            }
        }
    }
}
