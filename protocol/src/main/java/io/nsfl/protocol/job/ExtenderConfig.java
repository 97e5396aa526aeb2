package io.nsfl.protocol.job;

import java.util.Optional;
import java.util.Set;

/**
 * The job's {@code extender} (also {@code extenders}): code of its own that runs beside the coordinator.
 *
 * @param scriptPath directory below the namespace
 * @param entry file in it
 * @param broadcast name of the function that is called before a round; empty = none
 * @param aggregate name of the function that is called for each update; empty = none
 * @param finish name of the function that is called at the end of a round; empty = none
 */
public record ExtenderConfig(
        String scriptPath,
        String entry,
        Optional<String> broadcast,
        Optional<String> aggregate,
        Optional<String> finish) {
    private static final String FUNCTION = "[A-Za-z_][A-Za-z0-9_]{0,127}";

    static Optional<ExtenderConfig> read(JsonFields job) {
        String name = job.has("extender") ? "extender" : "extenders";
        if (job.has("extender") && job.has("extenders")) {
            job.warning("extenders", "has no effect because extender is given");
        }
        if (job.object(name).filter(given -> !given.isEmpty()).isEmpty()) {
            return Optional.empty();
        }
        JsonFields fields = job.fields(name);
        fields.warnOfMisspelt(Set.of("script_path", "entry", "broadcast", "aggregate", "finish"));
        Optional<String> path =
                fields.requiredString("script_path", "the directory of the extender, below the namespace");
        Optional<String> entry = fields.requiredString("entry", "the file in that directory that has the functions");
        path.flatMap(NamespacePath::refused).ifPresent(why -> fields.violation("script_path", why));
        entry.flatMap(NamespacePath::refused).ifPresent(why -> fields.violation("entry", why));
        Optional<String> broadcast = function(fields, "broadcast");
        Optional<String> aggregate = function(fields, "aggregate");
        Optional<String> finish = function(fields, "finish");
        if (broadcast.isEmpty() && aggregate.isEmpty() && finish.isEmpty()) {
            fields.violation("broadcast", "or aggregate or finish must be given: the name of a function of the entry");
        }
        return Optional.of(new ExtenderConfig(path.orElse(""), entry.orElse(""), broadcast, aggregate, finish));
    }

    private static Optional<String> function(JsonFields fields, String name) {
        Optional<String> given = fields.filledString(name);
        if (given.filter(function -> !function.matches(FUNCTION)).isPresent()) {
            fields.violation(name, "must be the name of a function: letters, digits and underscores");
        }
        return given;
    }
}
