package io.nsfl.protocol.job;

import tools.jackson.databind.JsonNode;

/** The documented job fields that this build does not carry out: refused, so that nobody trains without what he asked for. */
final class NotOffered {
    private NotOffered() {}

    static void check(JsonFields job) {
        refuse(job, "block_default", "custom rounds are");
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
