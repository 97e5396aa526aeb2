package io.nsfl.protocol.job;

import tools.jackson.databind.JsonNode;

/** The documented job fields that this build does not carry out: refused, so that nobody trains without what he asked for. */
final class NotOffered {
    private NotOffered() {}

    static void check(JsonFields job) {
        refuse(
                job,
                "secure_algorithm",
                "secure algorithms are not offered by this build; leave it out to train without");
        refuse(job, "extender", "extenders are not offered by this build; leave it out to train without");
        refuse(job, "extenders", "extenders are not offered by this build; leave it out to train without");
        refuse(job, "block_default", "custom rounds are not offered by this build; leave it out");
    }

    private static void refuse(JsonFields job, String name, String message) {
        JsonNode given = job.raw(name);
        boolean asksForNothing = given == null
                || given.isBoolean() && !given.booleanValue()
                || given.isContainer() && given.isEmpty()
                || given.isString() && given.stringValue().isBlank()
                || given.isNumber() && given.decimalValue().signum() == 0;
        if (!asksForNothing) {
            job.violation(name, message);
        }
    }
}
