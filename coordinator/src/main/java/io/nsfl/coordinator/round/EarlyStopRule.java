package io.nsfl.coordinator.round;

/**
 * When a run ends before its last round: once a metric of its evaluations has not improved for a while.
 *
 * @param patience evaluations without an improvement after which the run ends
 * @param minDelta an improvement is a change by more than this
 * @param downwards whether less is better
 */
public record EarlyStopRule(String metric, int patience, double minDelta, boolean downwards) {
    boolean improves(double value, double best) {
        return downwards ? value < best - minDelta : value > best + minDelta;
    }
}
