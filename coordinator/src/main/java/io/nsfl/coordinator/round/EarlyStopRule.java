package io.nsfl.coordinator.round;

/**
 * When a run ends before its last round: once a metric of its evaluations has not improved for a while.
 *
 * @param metric {@code loss}, or a name that ends so, improves downwards, all others upwards
 * @param patience evaluations without an improvement after which the run ends
 * @param minDelta an improvement is a change by more than this
 */
public record EarlyStopRule(String metric, int patience, double minDelta) {
    boolean improves(double value, double best) {
        return metric.endsWith("loss") ? value < best - minDelta : value > best + minDelta;
    }
}
