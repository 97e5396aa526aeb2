package io.nsfl.protocol.job;

import io.nsfl.protocol.job.DifferentialPrivacy.AdaptiveClip;
import io.nsfl.protocol.job.DifferentialPrivacy.Mode;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Reads {@code differential_privacy}, and the original's spelling of it, a {@code secure_algorithm} of type DP. */
final class DifferentialPrivacyReader {
    private static final Set<String> KNOWN = Set.of(
            "mode",
            "noise_multiplier",
            "clip_norm",
            "adding_same_noise",
            "delta",
            "epsilon_budget",
            "adaptive_clip",
            "sampling",
            "probability",
            "weighting",
            "evaluation");
    private static final double DEFAULT_DELTA = 1e-5;
    private static final double DEFAULT_QUANTILE = 0.5;
    private static final double DEFAULT_CLIP_RATE = 0.2;
    private static final double LEAST = 1e-6;
    private static final double MOST = 1e9;
    /** Of noise that clients share out: with 10,000 of them each value still has 16 bits, and each share is some steps of the grid. */
    private static final double LEAST_SHARED = 0.01;

    private static final double MOST_SHARED = 100;

    private DifferentialPrivacyReader() {}

    static Optional<DifferentialPrivacy> read(JsonFields job, HyperParameters hyper) {
        boolean original = SecureAlgorithm.type(job).equals(SecureAlgorithm.DP);
        if (job.object("differential_privacy").isEmpty()) {
            return original ? Optional.of(read(job.fields("secure_algorithm"), hyper, true)) : Optional.empty();
        }
        if (original) {
            job.violation(
                    "secure_algorithm",
                    "of type DP and differential_privacy mean the same: give only differential_privacy");
        }
        return Optional.of(read(job.fields("differential_privacy"), hyper, false));
    }

    private static DifferentialPrivacy read(JsonFields fields, HyperParameters hyper, boolean original) {
        Set<String> known = new HashSet<>(KNOWN);
        if (original) {
            known.add("type");
        }
        fields.warnOfMisspelt(known);
        if (!fields.has("noise_multiplier")) {
            fields.violation("noise_multiplier", "must be given: the standard deviation of the noise");
        }
        double delta = fields.decimal("delta", DEFAULT_DELTA, false);
        if (delta >= 1) {
            fields.violation("delta", "must be below 1, and well below one over the number of clients");
        }
        DifferentialPrivacy privacy = new DifferentialPrivacy(
                mode(fields),
                within(fields, "noise_multiplier").orElse(1),
                within(fields, "clip_norm"),
                fields.bool("adding_same_noise", false),
                delta,
                optional(fields, "epsilon_budget"),
                adaptiveClip(fields),
                samplingProbability(fields),
                publicEvaluation(fields));
        equalWeights(fields);
        combine(fields, privacy, hyper);
        return privacy;
    }

    /** What the fields say together. */
    private static void combine(JsonFields fields, DifferentialPrivacy privacy, HyperParameters hyper) {
        boolean local = privacy.mode() == Mode.LOCAL;
        if (privacy.clipNorm().isEmpty() && !local) {
            fields.violation("clip_norm", "must be given in this mode: nothing else bounds what a client can change");
        }
        if (privacy.addingSameNoise() && !local) {
            fields.violation(
                    "adding_same_noise", "is for mode local only: one number for a whole tensor hides nothing");
        }
        if (local && !privacy.bounded()) {
            String why = privacy.clipNorm().isEmpty()
                    ? "is missing, so a client's change has no bound and the noise promises nothing: epsilon is unbounded;"
                            + " give clip_norm for a guarantee"
                    : "is for every element of a tensor the same number, which promises nothing: epsilon is unbounded;"
                            + " leave adding_same_noise out for a guarantee";
            fields.warning(privacy.clipNorm().isEmpty() ? "clip_norm" : "adding_same_noise", why);
            if (privacy.epsilonBudget().isPresent()) {
                fields.violation(
                        "epsilon_budget",
                        "can never be kept: epsilon is unbounded without clip_norm, and with" + " adding_same_noise");
            }
        }
        privacy.adaptiveClip().ifPresent(adaptive -> adaptive(fields, privacy, adaptive, hyper));
        if (privacy.samplingProbability() < 1) {
            if (local) {
                fields.violation(
                        "sampling",
                        "is for modes central and distributed: in mode local each client is seen by itself, and its noise drowns a"
                                + " mean that is smaller yet");
            }
            if (privacy.adaptiveClip().isPresent()) {
                fields.violation(
                        "adaptive_clip", "does not combine with sampling: whose update is in a round is a secret");
            }
        }
        if (privacy.mode() == Mode.DISTRIBUTED) {
            double noise = privacy.noiseMultiplier();
            if (noise < LEAST_SHARED || noise > MOST_SHARED) {
                fields.violation(
                        "noise_multiplier",
                        "must be from " + LEAST_SHARED + " to " + MOST_SHARED
                                + " in mode distributed: sums of 32 bits have no room for other shares");
            }
        }
    }

    private static void adaptive(
            JsonFields fields, DifferentialPrivacy privacy, AdaptiveClip adaptive, HyperParameters hyper) {
        if (privacy.mode() != Mode.CENTRAL) {
            fields.violation("adaptive_clip", "is for mode central: only there somebody counts what was clipped");
            return;
        }
        double least = 2 * adaptive.countNoise(hyper.clientNum());
        if (privacy.noiseMultiplier() >= least) {
            fields.fields("adaptive_clip")
                    .violation(
                            "count_noise",
                            "must be above half of noise_multiplier, which is " + privacy.noiseMultiplier()
                                    + ": the noise on the count of clipped clients (by default a twentieth of client_num)"
                                    + " would give more away than the whole round may");
        }
    }

    private static void equalWeights(JsonFields fields) {
        String weighting =
                fields.filledString("weighting").orElse("equal").strip().toLowerCase(Locale.ROOT);
        if (weighting.equals("samples")) {
            fields.violation(
                    "weighting",
                    "by samples has no bound on what one client can change: with differential privacy every client counts"
                            + " the same; leave it out");
        } else if (!weighting.equals("equal")) {
            fields.violation("weighting", "must be equal");
        }
    }

    private static boolean publicEvaluation(JsonFields fields) {
        String evaluation =
                fields.filledString("evaluation").orElse("withheld").strip().toLowerCase(Locale.ROOT);
        if (!evaluation.equals("withheld") && !evaluation.equals("public")) {
            fields.violation("evaluation", "must be withheld, or public where the data of evaluations are public");
        }
        return evaluation.equals("public");
    }

    private static Mode mode(JsonFields fields) {
        return switch (fields.filledString("mode").orElse("local").strip().toLowerCase(Locale.ROOT)) {
            case "local" -> Mode.LOCAL;
            case "central" -> Mode.CENTRAL;
            case "distributed" -> Mode.DISTRIBUTED;
            default -> {
                fields.violation("mode", "must be local, central or distributed");
                yield Mode.LOCAL;
            }
        };
    }

    private static double samplingProbability(JsonFields fields) {
        String sampling =
                fields.filledString("sampling").orElse("fixed").strip().toLowerCase(Locale.ROOT);
        if (sampling.equals("poisson")) {
            double probability = fields.decimal("probability", 1, false);
            if (!fields.has("probability") || probability >= 1) {
                fields.violation(
                        "probability",
                        "must be given with sampling poisson: above 0 and below 1, that a client's update counts");
            }
            return Math.min(probability, 1);
        }
        if (!sampling.equals("fixed")) {
            fields.violation("sampling", "must be fixed or poisson");
        } else if (fields.has("probability")) {
            fields.violation("probability", "is for sampling poisson only");
        }
        return 1;
    }

    private static Optional<AdaptiveClip> adaptiveClip(JsonFields fields) {
        if (fields.object("adaptive_clip").isEmpty()) {
            return Optional.empty();
        }
        JsonFields clip = fields.fields("adaptive_clip");
        clip.warnOfMisspelt(Set.of("quantile", "learning_rate", "count_noise"));
        double quantile = clip.decimal("quantile", DEFAULT_QUANTILE, false);
        if (quantile >= 1) {
            clip.violation("quantile", "must be below 1");
        }
        return Optional.of(new AdaptiveClip(
                quantile, clip.decimal("learning_rate", DEFAULT_CLIP_RATE, false), optional(clip, "count_noise")));
    }

    private static OptionalDouble within(JsonFields fields, String name) {
        OptionalDouble value = optional(fields, name);
        if (value.isPresent() && (value.getAsDouble() < LEAST || value.getAsDouble() > MOST)) {
            fields.violation(name, "must be a number from 1e-6 to 1e9");
        }
        return value;
    }

    private static OptionalDouble optional(JsonFields fields, String name) {
        return fields.has(name) ? OptionalDouble.of(fields.decimal(name, 1, false)) : OptionalDouble.empty();
    }
}
