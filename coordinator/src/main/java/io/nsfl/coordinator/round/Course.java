package io.nsfl.coordinator.round;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

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
 * @param improvement of the metric that an early stop watches
 * @param stopReason set once somebody asked the run to stop
 * @param excluded clients that the others do not mask with, and the round in which each is asked again. A coordinator that starts again
 *     finds them out again
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
        Improvement improvement,
        Optional<String> stopReason,
        SortedMap<String, Integer> excluded) {
    public static Course start(RoundRules rules) {
        return new Course(
                rules,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                "",
                false,
                Improvement.NONE,
                Optional.empty(),
                Collections.emptySortedMap());
    }

    public Course nextRound() {
        return inRound(round + 1);
    }

    public Course inRound(int current) {
        return but(next -> next.round = current);
    }

    public Course committed() {
        return but(next -> {
            next.committedRound = round;
            next.committedCount++;
            next.skippedInARow = 0;
        });
    }

    public Course skipped(String reason) {
        return but(next -> {
            next.skippedCount++;
            next.skippedInARow++;
            next.lastFailure = reason;
        });
    }

    /**
     * @param round whose model was evaluated
     * @param measured by metric; empty = the evaluation failed
     */
    public Course evaluated(int round, Map<String, Double> measured) {
        return but(next -> {
            next.evaluatedRound = committedRound;
            next.improvement = rules.earlyStop()
                    .map(rule -> improvement.after(rule, round, measured))
                    .orElse(improvement);
        });
    }

    /** Whether the last committed model is the best so far of those that an early stop watches. */
    public boolean bestNow() {
        return rules.earlyStop().isPresent() && committedRound > 0 && improvement.bestRound() == committedRound;
    }

    /** Why the run ends before its last round; empty = it goes on. */
    public Optional<String> earlyEnd() {
        return rules.earlyStop().flatMap(improvement::end);
    }

    public Course saved() {
        return but(next -> next.savedRound = committedRound);
    }

    public Course staffedBy(int clients) {
        return but(next -> next.shortHanded = clients < rules.clientNum());
    }

    public Course stopping(String reason) {
        return but(next -> next.stopReason = Optional.of(reason));
    }

    /** These clients are not asked again before that round, unless they are needed. */
    public Course excluding(Collection<String> clients, int until) {
        return but(next -> {
            next.excluded = new TreeMap<>(excluded);
            clients.forEach(client -> next.excluded.put(client, until));
        });
    }

    /** Without the clients that others do not mask with there are too few. */
    public Course readmitting() {
        return but(next -> next.excluded = Collections.emptySortedMap());
    }

    /** Whom the round being played goes without. */
    public SortedSet<String> excludedNow() {
        SortedSet<String> now = new TreeSet<>();
        excluded.forEach((client, until) -> {
            if (round < until) {
                now.add(client);
            }
        });
        return now;
    }

    /** Whether the model in hand is the work of the round being played. */
    public boolean committedThisRound() {
        return committedRound > 0 && committedRound == round;
    }

    /** Percent of the rounds that are over. */
    public int progress() {
        return Math.clamp(100L * (committedCount + skippedCount) / rules.maxRounds(), 0, 100);
    }

    private Course but(Consumer<Draft> change) {
        Draft next = new Draft(this);
        change.accept(next);
        return next.course();
    }

    /** A copy in the making: a change names what it changes and nothing else. */
    private static final class Draft {
        private final RoundRules rules;
        private int round;
        private int committedRound;
        private int committedCount;
        private int evaluatedRound;
        private int savedRound;
        private int skippedCount;
        private int skippedInARow;
        private String lastFailure;
        private boolean shortHanded;
        private Improvement improvement;
        private Optional<String> stopReason;
        private SortedMap<String, Integer> excluded;

        private Draft(Course from) {
            rules = from.rules;
            round = from.round;
            committedRound = from.committedRound;
            committedCount = from.committedCount;
            evaluatedRound = from.evaluatedRound;
            savedRound = from.savedRound;
            skippedCount = from.skippedCount;
            skippedInARow = from.skippedInARow;
            lastFailure = from.lastFailure;
            shortHanded = from.shortHanded;
            improvement = from.improvement;
            stopReason = from.stopReason;
            excluded = from.excluded;
        }

        private Course course() {
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
                    improvement,
                    stopReason,
                    Collections.unmodifiableSortedMap(excluded));
        }
    }
}
