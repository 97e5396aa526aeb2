package io.nsfl.protocol.job;

import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * The job's {@code publish}: under which name its final model becomes a model of the model store.
 *
 * @param version empty = the next one of that name
 * @param description may be empty
 */
public record PublishRequest(String name, Optional<String> version, String description) {
    private static final String NAME = "[A-Za-z0-9_-]{1,100}";

    /** Of a job object that was accepted; empty = nothing is to be published. */
    public static Optional<PublishRequest> of(ObjectNode job) {
        return read(new JsonFields(job, "$", new Findings()));
    }

    static Optional<PublishRequest> read(JsonFields job) {
        if (job.object("publish").isEmpty()) {
            return Optional.empty();
        }
        JsonFields publish = job.fields("publish");
        publish.warnOfMisspelt(Set.of("name", "version", "description"));
        Optional<String> name = publish.requiredString("name", "the model's name in the model store");
        Optional<String> version = publish.filledString("version");
        String description = publish.string("description").orElse("");
        name.filter(given -> !given.matches(NAME))
                .ifPresent(
                        bad -> publish.violation("name", "must be 1 to 100 letters, digits, dashes and underscores"));
        version.filter(given -> !given.matches(NAME))
                .ifPresent(bad ->
                        publish.violation("version", "must be 1 to 100 letters, digits, dashes and underscores"));
        return name.map(given -> new PublishRequest(given, version, description));
    }
}
