package io.nsfl.protocol.job;

import java.util.OptionalLong;

/**
 * How a job's rounds are played.
 *
 * @param maxRoundNum number of rounds, at least 1 (10)
 * @param clientNum clients asked for per round, at least 1 (1)
 * @param thresholdClientNum successes that a round needs, 1..clientNum (1)
 * @param evaluateInterval evaluate every n rounds and after the last; 0 = only after the last (2)
 * @param saveInterval checkpoint every n rounds and after the last; 0 = only after the last (5)
 * @param roundTimeoutSeconds a round's bound (3600)
 * @param learningRate server learning rate (1.0)
 * @param collectWindowSeconds negative = by default rule: the larger of 2 s and a quarter of the time the threshold took;
 *     0 = the first thresholdClientNum updates end the round
 * @param seed base of every random choice of the run; absent = drawn at the start
 */
public record HyperParameters(
        int maxRoundNum,
        int clientNum,
        int thresholdClientNum,
        int evaluateInterval,
        int saveInterval,
        int roundTimeoutSeconds,
        double learningRate,
        double collectWindowSeconds,
        OptionalLong seed) {
    /** The documented defaults. */
    public static HyperParameters defaults() {
        return new HyperParameters(10, 1, 1, 2, 5, 3600, 1.0, -1, OptionalLong.empty());
    }
}
