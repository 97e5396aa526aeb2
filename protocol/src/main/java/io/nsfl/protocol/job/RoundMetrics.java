package io.nsfl.protocol.job;

import java.util.Map;

/**
 * What a settled round came to.
 *
 * @param run the run it belongs to
 * @param round 1-based
 * @param attempt the attempt that settled it, 1-based
 * @param state COMMITTED or SKIPPED
 * @param selected clients that were asked
 * @param included clients whose update counts
 * @param failed clients that were refused, failed or lost
 * @param train the clients' metrics of training, merged; empty = none
 * @param evaluate metrics of the evaluation on this round's model, merged; empty = not evaluated
 * @param seconds from selection to commit
 * @param phaseMillis milliseconds per phase by its name
 * @param privacy what the run has cost in privacy up to this round; null = the job asks for no differential privacy
 */
public record RoundMetrics(
        String run,
        int round,
        int attempt,
        String state,
        int selected,
        int included,
        int failed,
        Map<String, Double> train,
        Map<String, Double> evaluate,
        double seconds,
        Map<String, Long> phaseMillis,
        PrivacySpent privacy) {
    public static final String COMMITTED = "COMMITTED";
    public static final String SKIPPED = "SKIPPED";

    /** Of a job without differential privacy. */
    public RoundMetrics(
            String run,
            int round,
            int attempt,
            String state,
            int selected,
            int included,
            int failed,
            Map<String, Double> train,
            Map<String, Double> evaluate,
            double seconds,
            Map<String, Long> phaseMillis) {
        this(run, round, attempt, state, selected, included, failed, train, evaluate, seconds, phaseMillis, null);
    }

    /** Absent maps are empty. */
    public RoundMetrics {
        train = train == null ? Map.of() : Map.copyOf(train);
        evaluate = evaluate == null ? Map.of() : Map.copyOf(evaluate);
        phaseMillis = phaseMillis == null ? Map.of() : Map.copyOf(phaseMillis);
    }
}
