package io.nsfl.protocol.job;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

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
        if (job.raw("optimizer") instanceof ObjectNode optimizer
                && optimizer.path("name").asString("").strip().equalsIgnoreCase("scaffold")) {
            job.fields("optimizer")
                    .violation(
                            "name",
                            "scaffold needs control variates at the server, which this build does not offer; use fedprox,"
                                    + " or leave it out");
        }
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
