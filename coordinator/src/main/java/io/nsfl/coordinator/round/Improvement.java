package io.nsfl.coordinator.round;

import io.nsfl.protocol.job.EarlyStop;
import java.util.Map;
import java.util.Optional;

/**
 * How the watched metric went so far.
 *
 * @param best its best value; empty = no evaluation measured it
 * @param bestRound the round whose model that was; 0 = none
 * @param stale evaluations since then that measured it
 */
public record Improvement(Optional<Double> best, int bestRound, int stale) {
    public static final Improvement NONE = new Improvement(Optional.empty(), 0, 0);

    /** After another evaluation. One that failed or did not measure the metric says nothing. */
    public Improvement after(EarlyStop rule, int round, Map<String, Double> measured) {
        Double value = measured.get(rule.metric());
        if (value == null || !Double.isFinite(value)) {
            return this;
        }
        return best.isEmpty() || improves(rule, value, best.get())
                ? new Improvement(Optional.of(value), round, 0)
                : new Improvement(best, bestRound, stale + 1);
    }

    private static boolean improves(EarlyStop rule, double value, double best) {
        return rule.downwards() ? value < best - rule.minDelta() : value > best + rule.minDelta();
    }

    /** Why the run ends; empty = it goes on. */
    Optional<String> end(EarlyStop rule) {
        return stale < rule.patience()
                ? Optional.empty()
                : Optional.of(
                        "Early stop: %s has not improved by more than %s in %d evaluations; the best, %s, is that of round %d."
                                .formatted(rule.metric(), rule.minDelta(), stale, best.orElseThrow(), bestRound));
    }
}
