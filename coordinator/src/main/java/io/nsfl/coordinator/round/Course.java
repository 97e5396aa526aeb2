package io.nsfl.coordinator.round;

import java.util.Optional;

/**
 * Where a run stands between its phases; what survives from one to the next.
 *
 * @param round the round being played, 1-based; 0 = none yet
 * @param committedRound round of the last committed model; 0 = the initial model
 * @param committedCount rounds committed so far
 * @param evaluatedRound last committed round whose evaluation ended, well or not
 * @param savedRound last committed round that was saved as a checkpoint
 * @param skippedInARow rounds skipped since the last commit
 * @param lastFailure why the last attempt failed; empty = none did
 * @param shortHanded the last round began with fewer clients than asked for: waiting for more again is pointless
 * @param stopReason set once somebody asked the run to stop
 */
public record Course(
        RoundRules rules,
        int round,
        int committedRound,
        int committedCount,
        int evaluatedRound,
        int savedRound,
        int skippedCount,
        int skippedInARow,
        String lastFailure,
        boolean shortHanded,
        Optional<String> stopReason) {
    public static Course start(RoundRules rules) {
        return new Course(rules, 0, 0, 0, 0, 0, 0, 0, "", false, Optional.empty());
    }

    public Course nextRound() {
        return new Course(
                rules,
                round + 1,
                committedRound,
                committedCount,
                evaluatedRound,
                savedRound,
                skippedCount,
                skippedInARow,
                lastFailure,
                shortHanded,
                stopReason);
    }

    public Course inRound(int current) {
        return new Course(
                rules,
                current,
                committedRound,
                committedCount,
                evaluatedRound,
                savedRound,
                skippedCount,
                skippedInARow,
                lastFailure,
                shortHanded,
                stopReason);
    }

    public Course committed() {
        return new Course(
                rules,
                round,
                round,
                committedCount + 1,
                evaluatedRound,
                savedRound,
                skippedCount,
                0,
                lastFailure,
                shortHanded,
                stopReason);
    }

    public Course skipped(String reason) {
        return new Course(
                rules,
                round,
                committedRound,
                committedCount,
                evaluatedRound,
                savedRound,
                skippedCount + 1,
                skippedInARow + 1,
                reason,
                shortHanded,
                stopReason);
    }

    public Course evaluated() {
        return new Course(
                rules,
                round,
                committedRound,
                committedCount,
                committedRound,
                savedRound,
                skippedCount,
                skippedInARow,
                lastFailure,
                shortHanded,
                stopReason);
    }

    public Course saved() {
        return new Course(
                rules,
                round,
                committedRound,
                committedCount,
                evaluatedRound,
                committedRound,
                skippedCount,
                skippedInARow,
                lastFailure,
                shortHanded,
                stopReason);
    }

    public Course staffedBy(int clients) {
        return new Course(
                rules,
                round,
                committedRound,
                committedCount,
                evaluatedRound,
                savedRound,
                skippedCount,
                skippedInARow,
                lastFailure,
                clients < rules.clientNum(),
                stopReason);
    }

    public Course stopping(String reason) {
        return new Course(
                rules,
                round,
                committedRound,
                committedCount,
                evaluatedRound,
                savedRound,
                skippedCount,
                skippedInARow,
                lastFailure,
                shortHanded,
                Optional.of(reason));
    }

    /** Whether the model in hand is the work of the round being played. */
    public boolean committedThisRound() {
        return committedRound > 0 && committedRound == round;
    }

    /** Percent of the rounds that are over. */
    public int progress() {
        return Math.clamp(100L * (committedCount + skippedCount) / rules.maxRounds(), 0, 100);
    }
}
