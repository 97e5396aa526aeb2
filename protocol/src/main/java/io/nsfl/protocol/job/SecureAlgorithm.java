package io.nsfl.protocol.job;

import java.util.Locale;

/** The job's {@code secure_algorithm}: of type DP it is differential privacy in mode local, of type SSA secure aggregation. */
final class SecureAlgorithm {
    static final String DP = "DP";
    static final String SSA = "SSA";

    private SecureAlgorithm() {}

    /** DP, SSA, or empty where the job has none or a faulty one. */
    static String type(JsonFields job) {
        if (!job.isObject("secure_algorithm")) {
            return "";
        }
        String type = job.fields("secure_algorithm").peek("type").strip().toUpperCase(Locale.ROOT);
        return type.equals(DP) || type.equals(SSA) ? type : "";
    }

    /** Says what is wrong with the block itself; its readers say the rest. */
    static void check(JsonFields job) {
        if (job.object("secure_algorithm").isEmpty()) {
            return;
        }
        JsonFields fields = job.fields("secure_algorithm");
        boolean given = fields.requiredString("type", "DP or SSA").isPresent();
        if (given && type(job).isEmpty()) {
            fields.violation("type", "must be DP or SSA");
        }
    }
}
