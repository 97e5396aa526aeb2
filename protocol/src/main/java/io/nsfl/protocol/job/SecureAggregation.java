package io.nsfl.protocol.job;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The job's {@code secure_algorithm} of type SSA: the server learns the sum of a round's updates and no single one.
 *
 * @param mode how updates are masked
 * @param threshold clients that are enough to take the masks of lost ones off
 */
public record SecureAggregation(Mode mode, int threshold) {
    /**
     * Ten groups of as many as one session takes: the coordinator holds a sum as large as the model for each. Values share their 32 bits with
     * the clients of a group only, and the weights of up to 2^17 clients add up exactly.
     */
    private static final int MOST_CLIENTS = 100_000;

    /** Masks between clients only, or also one of each client's own, which lets clients drop out. */
    public enum Mode {
        ONEMASK,
        DOUBLEMASK
    }

    /** Empty where the job has no {@code secure_algorithm} of this type. */
    static Optional<SecureAggregation> read(JsonFields job, HyperParameters hyper) {
        if (!SecureAlgorithm.type(job).equals(SecureAlgorithm.SSA)) {
            return Optional.empty();
        }
        JsonFields fields = job.fields("secure_algorithm");
        fields.warnOfMisspelt(Set.of("type", "mode", "threshold", "use_same_mask"));
        Mode mode = switch (fields.filledString("mode").orElse("doublemask").toLowerCase(Locale.ROOT)) {
            case "doublemask" -> Mode.DOUBLEMASK;
            case "onemask" -> Mode.ONEMASK;
            default -> {
                fields.violation("mode", "must be onemask or doublemask");
                yield Mode.DOUBLEMASK;
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
        if (hyper.clientNum() > MOST_CLIENTS) {
            fields.violation(
                    "type",
                    "SSA takes a client_num of at most " + MOST_CLIENTS
                            + ": more would be over ten groups of 10000, each with a sum as large as the model at the"
                            + " coordinator");
        }
        if (threshold < 2 || 2L * threshold < hyper.clientNum() || threshold > quorum) {
            fields.violation(
                    "threshold", "must be at least 2, at least half of client_num, and at most threshold_client_num");
        }
        if (mode == Mode.ONEMASK && (threshold != quorum || quorum != hyper.clientNum())) {
            fields.violation(
                    "mode",
                    "onemask allows no client to drop out: threshold, threshold_client_num and client_num must be equal");
        }
        return Optional.of(new SecureAggregation(mode, threshold));
    }
}
