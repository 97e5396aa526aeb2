package io.nsfl.coordinator.round;

import io.nsfl.protocol.job.EarlyStop;
import io.nsfl.protocol.job.HyperParameters;
import java.time.Duration;
import java.util.Optional;

/**
 * How the rounds of a run are played: the job's numbers, resolved.
 *
 * @param wanted clients to reserve: {@code clientNum} x redundancy, rounded up
 * @param evaluateInterval evaluate every n rounds and after the last; 0 = only after the last; {@link #NEVER} = not at all
 * @param collectWindow how long after the threshold a round stays open; empty = the larger of 2 s and a quarter of the time that the
 *     threshold took
 * @param earlyStop when the run ends before its last round; empty = it does not
 * @param masking how clients mask their results; empty = they do not
 */
public record RoundRules(
        int maxRounds,
        int clientNum,
        int threshold,
        int wanted,
        int evaluateInterval,
        int saveInterval,
        Duration roundTimeout,
        Optional<Duration> collectWindow,
        Optional<EarlyStop> earlyStop,
        Optional<MaskingRules> masking) {
    /** Attempts of a round before it is skipped. */
    public static final int MAX_ATTEMPTS = 3;

    /** Skipped rounds in a row that end the job. */
    public static final int MAX_SKIPPED_IN_A_ROW = 3;

    /** No evaluations. */
    public static final int NEVER = -1;

    private static final double MAX_REDUNDANCY = 2.0;

    /** Without masks. */
    public RoundRules(
            int maxRounds,
            int clientNum,
            int threshold,
            int wanted,
            int evaluateInterval,
            int saveInterval,
            Duration roundTimeout,
            Optional<Duration> collectWindow,
            Optional<EarlyStop> earlyStop) {
        this(
                maxRounds,
                clientNum,
                threshold,
                wanted,
                evaluateInterval,
                saveInterval,
                roundTimeout,
                collectWindow,
                earlyStop,
                Optional.empty());
    }

    /** The same rounds with masked results. */
    public RoundRules masked(MaskingRules rules) {
        return new RoundRules(
                maxRounds,
                clientNum,
                threshold,
                wanted,
                evaluateInterval,
                saveInterval,
                roundTimeout,
                collectWindow,
                earlyStop,
                Optional.of(rules));
    }

    public static RoundRules of(HyperParameters hyper, double redundancy, Optional<EarlyStop> earlyStop) {
        double factor = Math.clamp(redundancy, 1.0, MAX_REDUNDANCY);
        return new RoundRules(
                hyper.maxRoundNum(),
                hyper.clientNum(),
                hyper.thresholdClientNum(),
                (int) Math.ceil(hyper.clientNum() * factor - 1e-9),
                hyper.evaluateInterval(),
                hyper.saveInterval(),
                Duration.ofSeconds(hyper.roundTimeoutSeconds()),
                hyper.collectWindowSeconds() < 0
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis(Math.round(hyper.collectWindowSeconds() * 1000))),
                earlyStop);
    }

    /** The same rounds without evaluations. */
    public RoundRules withoutEvaluations() {
        return new RoundRules(
                maxRounds,
                clientNum,
                threshold,
                wanted,
                NEVER,
                saveInterval,
                roundTimeout,
                collectWindow,
                earlyStop,
                masking);
    }

    public boolean last(int round) {
        return round >= maxRounds;
    }

    public boolean saveDue(int round) {
        return due(saveInterval, round);
    }

    /** A checkpoint carries its model's metrics, so a round that is saved is evaluated first. */
    public boolean evaluationDue(int round) {
        return evaluateInterval != NEVER && (due(evaluateInterval, round) || saveDue(round));
    }

    private boolean due(int interval, int round) {
        return last(round) || (interval > 0 && round % interval == 0);
    }

    /** When a round with this many clients may close. */
    Quorum quorum() {
        return new Quorum(clientNum, threshold, collectWindow);
    }

    /** Without the masks as it always was: it is part of a run's digest. */
    @Override
    public String toString() {
        return "RoundRules[maxRounds=" + maxRounds + ", clientNum=" + clientNum + ", threshold=" + threshold
                + ", wanted=" + wanted + ", evaluateInterval=" + evaluateInterval + ", saveInterval=" + saveInterval
                + ", roundTimeout=" + roundTimeout + ", collectWindow=" + collectWindow + ", earlyStop=" + earlyStop
                + "]";
    }
}
