package io.nsfl.ctl.output;

import io.nsfl.protocol.job.PrivacySpent;
import io.nsfl.protocol.job.RoundMetrics;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** A run's differential privacy in one line: epsilon spent, of how much, under which delta, for what. */
final class PrivacyLine {
    /** The metric by which scripts tell what their DP-SGD has cost; of several clients the largest. */
    static final String DP_SGD = "dp_epsilon";

    private static final String DP_SGD_DELTA = "dp_delta";

    private PrivacyLine() {}

    /** What scripts say of their own training: the most that any client said in any round; empty = none said anything. */
    static Optional<String> ofScripts(List<RoundMetrics> rounds) {
        return rounds.stream()
                .map(RoundMetrics::train)
                .filter(train -> train.containsKey(DP_SGD))
                .max(Comparator.comparingDouble(train -> train.get(DP_SGD)))
                .map(train -> String.format(Locale.ROOT, "epsilon %.4f", train.get(DP_SGD))
                        + (train.containsKey(DP_SGD_DELTA) ? " at delta " + number(train.get(DP_SGD_DELTA)) : "")
                        + " for a single record, by DP-SGD of the scripts; the client with the most");
    }

    /** @param budget the job's {@code epsilon_budget}; empty = it has none */
    static String of(PrivacySpent spent, OptionalDouble budget) {
        String epsilon = spent.epsilon() == null
                ? "epsilon unbounded (the noise promises nothing)"
                : String.format(Locale.ROOT, "epsilon %.4f", spent.epsilon()) + of(budget) + " at delta "
                        + number(spent.delta());
        String clip = spent.clipNorm() == null ? "not clipped" : "clip_norm " + number(spent.clipNorm());
        return epsilon + "; mode " + spent.mode() + ", " + spent.releases()
                + (spent.releases() == 1 ? " release" : " releases") + ", noise_multiplier "
                + number(spent.noiseMultiplier()) + ", " + clip
                + (spent.samplingProbability() == null
                        ? ""
                        : ", each client in a round with probability " + number(spent.samplingProbability()));
    }

    /** Before the first round. */
    static String ofNothing(OptionalDouble budget) {
        return "epsilon 0" + of(budget) + "; nothing released yet";
    }

    private static String of(OptionalDouble budget) {
        return budget.isPresent() ? " of " + number(budget.getAsDouble()) : " (no budget)";
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.4g", value);
        return value == Math.rint(value) && Math.abs(value) < 1e6
                ? Long.toString((long) value)
                : Double.toString(Double.parseDouble(text));
    }
}
