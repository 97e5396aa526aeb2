package io.nsfl.federation.aggregate;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How large the elements of a round's updates are expected to be, by tensor name. {@link FoldPlan} adds headroom.
 *
 * @param largest expected largest absolute value of a client's update; positive and finite; tensors that are added up only
 */
public record RangeEstimate(Map<String, Double> largest) {
    /** Before anything was learned, a weight is not expected to move by more than this ... */
    static final double FIRST_TRAINABLE = 0x1p-3;

    /** ... or by this share of its tensor's largest value. */
    static final double FIRST_SHARE = 0x1p-2;

    /** Running means and variances of unscaled inputs jump in the first round. */
    static final double FIRST_STATISTIC = 256.0;

    /** A tensor that did not move may move next time: by this at least ... */
    static final double LATER_FLOOR = 0x1p-7;

    /** ... and by this share of its largest value. */
    static final double LATER_SHARE = 0x1p-8;

    public RangeEstimate {
        largest.forEach((name, value) -> {
            if (!(value > 0) || value.isInfinite()) {
                throw new IllegalArgumentException("Cannot expect values up to " + value + " in tensor " + name);
            }
        });
        largest = Map.copyOf(largest);
    }

    /** For the first round, from the initial model. */
    public static RangeEstimate ofBase(TensorSet base) {
        Map<String, Double> largest = new LinkedHashMap<>();
        for (NamedTensor tensor : base.tensors()) {
            TensorSpec spec = tensor.spec();
            if (added(spec.kind())) {
                double floor = spec.kind() == TensorKind.STATISTIC ? FIRST_STATISTIC : FIRST_TRAINABLE;
                largest.put(spec.name(), Math.max(tensor.largestMagnitude() * FIRST_SHARE, floor));
            }
        }
        return new RangeEstimate(largest);
    }

    /** The same, with what is expected at first of tensors that nothing is known of yet. */
    public RangeEstimate with(List<TensorSpec> more) {
        Map<String, Double> all = new LinkedHashMap<>(largest);
        more.forEach(spec -> all.putIfAbsent(spec.name(), FIRST_STATISTIC));
        return new RangeEstimate(all);
    }

    /** For a later round: the largest element of the last aggregate, and of the model that came of it. */
    public static double later(double lastAggregate, double value) {
        return Math.max(Math.max(lastAggregate, value * LATER_SHARE), LATER_FLOOR);
    }

    static boolean added(TensorKind kind) {
        return switch (kind) {
            case TRAINABLE, STATISTIC -> true;
            case INTEGER, LOCAL -> false;
        };
    }
}
