package io.nsfl.federation.robust;

import io.nsfl.federation.aggregate.Aggregator;
import io.nsfl.federation.aggregate.Contribution;
import io.nsfl.federation.aggregate.FoldOutcome;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.aggregate.KeptUpdates;
import io.nsfl.federation.tensor.TensorSet;
import java.nio.file.Path;

/** Keeps the updates on local disk and combines them by a rule once all are in. What clients say of their sample counts is ignored. */
public final class RobustFold implements Aggregator {
    private final RobustRule rule;
    private final KeptUpdates kept;

    /** @param scratch on local disk: one update per client */
    public RobustFold(FoldPlan plan, RobustRule rule, Path scratch) {
        this.rule = rule;
        this.kept = new KeptUpdates(scratch, plan.updateSpecs(), plan.rosterSize());
    }

    @Override
    public FoldOutcome fold(TensorSet update, Contribution contribution) {
        kept.add(update, contribution);
        return new FoldOutcome.Folded();
    }

    @Override
    public int count() {
        return kept.count();
    }

    /** Every client counts the same. */
    @Override
    public long weight() {
        return kept.count();
    }

    /** @throws IllegalStateException if fewer updates are in than the rule needs */
    @Override
    public void mean(TensorSet out) {
        if (kept.count() < rule.fewest()) {
            throw new IllegalStateException(
                    "Cannot combine " + kept.count() + " updates: the rule needs " + rule.fewest());
        }
        rule.combine(kept.inOrder(), out);
    }

    @Override
    public void close() {
        kept.close();
    }
}
