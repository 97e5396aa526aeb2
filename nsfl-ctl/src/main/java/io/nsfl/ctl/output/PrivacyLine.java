package io.nsfl.ctl.output;

import io.nsfl.protocol.job.PrivacySpent;
import java.util.Locale;
import java.util.OptionalDouble;

/** A run's differential privacy in one line: epsilon spent, of how much, under which delta, for what. */
final class PrivacyLine {
    private PrivacyLine() {}

    /** @param budget the job's {@code epsilon_budget}; empty = it has none */
    static String of(PrivacySpent spent, OptionalDouble budget) {
        String epsilon = spent.epsilon() == null
                ? "epsilon unbounded (the noise promises nothing)"
                : String.format(Locale.ROOT, "epsilon %.4f", spent.epsilon()) + of(budget) + " at delta "
                        + number(spent.delta());
        String clip = spent.clipNorm() == null ? "not clipped" : "clip_norm " + number(spent.clipNorm());
        return epsilon + "; mode " + spent.mode() + ", " + spent.releases()
                + (spent.releases() == 1 ? " release" : " releases") + ", noise_multiplier "
                + number(spent.noiseMultiplier()) + ", " + clip;
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
