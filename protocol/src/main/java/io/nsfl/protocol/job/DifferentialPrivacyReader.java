package io.nsfl.protocol.job;

import io.nsfl.protocol.job.DifferentialPrivacy.AdaptiveClip;
import io.nsfl.protocol.job.DifferentialPrivacy.Mode;
import io.nsfl.protocol.job.DifferentialPrivacy.Sampling;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
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
            "population");
    private static final double DEFAULT_DELTA = 1e-5;
    private static final double DEFAULT_QUANTILE = 0.5;
    private static final double DEFAULT_CLIP_RATE = 0.2;

    private DifferentialPrivacyReader() {}

    static Optional<DifferentialPrivacy> read(JsonFields job, HyperParameters hyper) {
        boolean original = SecureAlgorithm.type(job).equals(SecureAlgorithm.DP);
        if (job.object("differential_privacy").isEmpty()) {
            return original ? Optional.of(read(job.fields("secure_algorithm"), true)) : Optional.empty();
        }
        if (original) {
            job.violation(
                    "secure_algorithm",
                    "of type DP and differential_privacy mean the same: give only differential_privacy");
        }
        return Optional.of(read(job.fields("differential_privacy"), false));
    }

    private static DifferentialPrivacy read(JsonFields fields, boolean original) {
        Set<String> known = new java.util.HashSet<>(KNOWN);
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
        return new DifferentialPrivacy(
                mode(fields),
                fields.decimal("noise_multiplier", 0, false),
                optional(fields, "clip_norm"),
                fields.bool("adding_same_noise", false),
                delta,
                optional(fields, "epsilon_budget"),
                adaptiveClip(fields),
                sampling(fields),
                fields.has("population") ? OptionalInt.of(fields.count("population", 1, 1)) : OptionalInt.empty());
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

    private static Sampling sampling(JsonFields fields) {
        return switch (fields.filledString("sampling").orElse("fixed").strip().toLowerCase(Locale.ROOT)) {
            case "fixed" -> Sampling.FIXED;
            case "poisson" -> Sampling.POISSON;
            default -> {
                fields.violation("sampling", "must be fixed or poisson");
                yield Sampling.FIXED;
            }
        };
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

    private static OptionalDouble optional(JsonFields fields, String name) {
        return fields.has(name) ? OptionalDouble.of(fields.decimal(name, 1, false)) : OptionalDouble.empty();
    }
}
