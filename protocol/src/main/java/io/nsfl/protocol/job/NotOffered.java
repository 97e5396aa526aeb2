package io.nsfl.protocol.job;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The documented job fields that this build does not carry out: refused, so that nobody trains without what he asked for. */
final class NotOffered {
    private NotOffered() {}

    static void check(JsonFields job) {
        if (SecureAlgorithm.type(job).equals(SecureAlgorithm.SSA)) {
            refuse(job, "differential_privacy", "differential privacy together with secure aggregation is");
        }
        refuseDelta(job);
        refuse(job, "block_default", "custom rounds are");
    }

    private static void refuseDelta(JsonFields job) {
        if (job.raw("compression") instanceof ObjectNode compression
                && compression.path("downlink").asString("").strip().equalsIgnoreCase("delta")) {
            job.fields("compression").violation("downlink", "delta is not offered by this build; use full");
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
