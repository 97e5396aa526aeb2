package io.nsfl.protocol.job;

import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The documented job fields that this build does not carry out: refused, so that nobody trains without what he asked for. */
final class NotOffered {
    private NotOffered() {}

    static void check(JsonFields job) {
        if (SecureAlgorithm.type(job).equals(SecureAlgorithm.SSA)) {
            refuse(job, "differential_privacy", "differential privacy together with secure aggregation is");
        }
        refuseAggregation(job);
        refuse(job, "compression", "compression is");
        refuse(job, "extender", "extenders are");
        refuse(job, "extenders", "extenders are");
        refuse(job, "block_default", "custom rounds are");
    }

    private static void refuseAggregation(JsonFields job) {
        if (job.raw("aggregation") instanceof ObjectNode aggregation) {
            String name = aggregation.path("name").asString("").strip().toLowerCase(Locale.ROOT);
            if (name.equals(AggregationConfig.EXTENDER)) {
                job.fields("aggregation")
                        .violation("name", name + " is not offered by this build; use another or leave it out");
            }
        }
    }

    private static void refuse(JsonFields job, String name, String what) {
        JsonNode given = job.raw(name);
        boolean asksForNothing = given == null
                || given.isBoolean() && !given.booleanValue()
                || given.isContainer() && given.isEmpty()
                || given.isString() && given.stringValue().isBlank()
                || given.isNumber() && given.decimalValue().signum() == 0;
        if (!asksForNothing) {
            job.violation(name, what + " not offered by this build; leave it out to train without");
        }
    }
}
