package io.nsfl.executor.masking;

import io.nsfl.federation.secagg.contribution.Contribution;
import io.nsfl.federation.secagg.contribution.ContributionLayout;
import io.nsfl.federation.secagg.quantise.ScalarLimbs;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.protocol.v1.MaskedTensor;
import io.nsfl.protocol.v1.MaskingPlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A task's masked vector as its description lays it out.
 *
 * @param tensors names in the contribution's order; likewise {@code metrics}, of which each has two numbers
 */
public record MaskedShape(List<String> tensors, List<String> metrics, ContributionLayout contribution) {
    private static final String WEIGHT = "sample_num";

    /** @throws IllegalArgumentException if the plan makes no sense */
    public static MaskedShape of(MaskingPlan plan) {
        return new MaskedShape(
                plan.getTensorsList().stream().map(MaskedTensor::getName).toList(),
                List.copyOf(plan.getMetricsList()),
                new ContributionLayout(
                        plan.getTensorsList().stream()
                                .map(tensor -> new ContributionLayout.Part(tensor.getElements(), tensor.getLimit()))
                                .toList(),
                        2 * plan.getMetricsCount(),
                        plan.getValueBits(),
                        plan.getWeightCap()));
    }

    /** The first tensor with a value beyond its limit, or that is no number; empty = all fit. */
    public Optional<String> outOfRange(TensorSet update) {
        for (int i = 0; i < tensors.size(); i++) {
            double limit = contribution.tensors().get(i).clip();
            if (!(update.get(tensors.get(i)).largestMagnitude() <= limit)) {
                return Optional.of(tensors.get(i));
            }
        }
        return Optional.empty();
    }

    /** Whether this client has more samples than the job lets one count. */
    boolean capped(Map<String, Double> reported) {
        return contribution.weightCap() > 1 && samples(reported) > contribution.weightCap();
    }

    /**
     * @param update must be readable until the contribution is read
     * @param reported the script's metrics
     * @param noise drawn for each element, in steps
     */
    Contribution contribution(TensorSet update, Map<String, Double> reported, LongSupplier noise) {
        long weight = weight(reported);
        double[] values = new double[2 * metrics.size()];
        for (int i = 0; i < metrics.size(); i++) {
            Double value = reported.get(metrics.get(i));
            if (value != null && fits(weight * value)) {
                values[2 * i] = 1;
                values[2 * i + 1] = value;
            }
        }
        return new Contribution(
                contribution, new TensorSet(tensors.stream().map(update::get).toList()), weight, noise, values);
    }

    /** The metrics that are left out of the sum, because they are too large for it: what they became there would be another number. */
    List<String> tooLarge(Map<String, Double> reported) {
        long weight = weight(reported);
        return metrics.stream()
                .filter(reported::containsKey)
                .filter(metric -> !fits(weight * reported.get(metric)))
                .toList();
    }

    private static boolean fits(double weighted) {
        return Math.abs(weighted) < ScalarLimbs.LIMIT;
    }

    private long weight(Map<String, Double> reported) {
        return Math.clamp(Math.round(samples(reported)), 1, contribution.weightCap());
    }

    private static double samples(Map<String, Double> reported) {
        return reported.getOrDefault(WEIGHT, 1.0);
    }
}
