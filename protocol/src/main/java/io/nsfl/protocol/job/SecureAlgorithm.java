package io.nsfl.protocol.job;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The job's {@code secure_algorithm}, with its rules: what protects a client's update from the server. */
public sealed interface SecureAlgorithm {
    /**
     * Differential privacy.
     *
     * @param noiseMultiplier standard deviation of the noise, above 0
     * @param addingSameNoise one draw per tensor instead of one per element
     */
    record Dp(double noiseMultiplier, boolean addingSameNoise) implements SecureAlgorithm {}

    /**
     * Secure aggregation.
     *
     * @param mode how updates are masked
     * @param threshold clients that are enough to take the masks of lost ones off
     */
    record Ssa(Mode mode, int threshold) implements SecureAlgorithm {
        /** Masks between clients only, or also one of each client's own, which lets clients drop out. */
        public enum Mode {
            ONEMASK,
            DOUBLEMASK
        }
    }

    /** Reads and checks it; empty if it is absent or refused, which the findings then say. */
    static Optional<SecureAlgorithm> read(JsonFields job, HyperParameters hyper) {
        if (job.object("secure_algorithm").isEmpty()) {
            return Optional.empty();
        }
        JsonFields fields = job.fields("secure_algorithm");
        fields.warnOfMisspelt(
                Set.of("type", "noise_multiplier", "adding_same_noise", "mode", "threshold", "use_same_mask"));
        return switch (fields.requiredString("type", "DP or SSA").orElse("").toUpperCase(Locale.ROOT)) {
            case "DP" -> Optional.of(dp(fields));
            case "SSA" -> Optional.of(ssa(fields, hyper));
            case "" -> Optional.empty();
            default -> {
                fields.violation("type", "must be DP or SSA");
                yield Optional.empty();
            }
        };
    }

    private static Dp dp(JsonFields fields) {
        if (!fields.has("noise_multiplier")) {
            fields.violation("noise_multiplier", "must be given: the standard deviation of the noise");
        }
        return new Dp(fields.decimal("noise_multiplier", 0, false), fields.bool("adding_same_noise", false));
    }

    private static Ssa ssa(JsonFields fields, HyperParameters hyper) {
        Ssa.Mode mode = switch (fields.filledString("mode").orElse("doublemask").toLowerCase(Locale.ROOT)) {
            case "doublemask" -> Ssa.Mode.DOUBLEMASK;
            case "onemask" -> Ssa.Mode.ONEMASK;
            default -> {
                fields.violation("mode", "must be onemask or doublemask");
                yield Ssa.Mode.DOUBLEMASK;
            }
        };
        if (fields.bool("use_same_mask", false)) {
            fields.warning("use_same_mask", "has no effect: one mask for all elements would hide nothing");
        }
        int quorum = hyper.thresholdClientNum();
        int threshold = (int) fields.integer("threshold", quorum, 1, Integer.MAX_VALUE);
        if (2L * quorum < hyper.clientNum()) {
            fields.violation("threshold", "needs a threshold_client_num of at least half of client_num");
        }
        if (threshold < 2 || 2L * threshold < hyper.clientNum() || threshold > quorum) {
            fields.violation(
                    "threshold", "must be at least 2, at least half of client_num, and at most threshold_client_num");
        }
        if (mode == Ssa.Mode.ONEMASK && (threshold != quorum || quorum != hyper.clientNum())) {
            fields.violation(
                    "mode",
                    "onemask allows no client to drop out: threshold, threshold_client_num and client_num must be equal");
        }
        return new Ssa(mode, threshold);
    }
}
