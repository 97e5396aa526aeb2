package io.nsfl.federation.privacy;

import io.nsfl.federation.aggregate.Aggregator;
import io.nsfl.federation.aggregate.Contribution;
import io.nsfl.federation.aggregate.FoldOutcome;
import io.nsfl.federation.aggregate.WrappedFold;
import io.nsfl.federation.tensor.TensorSet;
import java.util.Map;
import java.util.TreeMap;

/** A fold that also counts the updates that came unclipped, as their contributions say. */
public final class ClipCount extends WrappedFold<Aggregator> {
    /** The finding: how many of the folded updates were within the bound. */
    public static final String WITHIN = "privacy/within_clip";

    /** The metric by which a client's executor says 1 = within, 0 = clipped. */
    public static final String REPORTED = "nsfl_within_clip";

    private int within;

    public ClipCount(Aggregator fold) {
        super(fold);
    }

    @Override
    public FoldOutcome fold(TensorSet update, Contribution contribution) {
        FoldOutcome outcome = fold.fold(update, contribution);
        if (outcome instanceof FoldOutcome.Folded && contribution.metrics().getOrDefault(REPORTED, 0.0) >= 1) {
            within++;
        }
        return outcome;
    }

    @Override
    public Map<String, Double> findings() {
        Map<String, Double> all = new TreeMap<>(super.findings());
        all.put(WITHIN, (double) within);
        return all;
    }
}
