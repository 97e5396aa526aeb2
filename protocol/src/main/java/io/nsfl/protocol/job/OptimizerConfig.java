package io.nsfl.protocol.job;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The job's {@code optimizer}: what its scripts train with. The parameters reach the scripts as they are given.
 *
 * @param name fedprox or scaffold
 */
public record OptimizerConfig(String name, ObjectNode params) {
    private static final String POPULATION = "population";

    /** Whether server and clients keep control variates. */
    public boolean scaffold() {
        return name.equals("scaffold");
    }

    /** How many clients there are in all; empty = not known. */
    public OptionalInt population() {
        return params.path(POPULATION).isIntegralNumber()
                ? OptionalInt.of(params.path(POPULATION).intValue())
                : OptionalInt.empty();
    }

    /** Empty name = none. */
    static Optional<OptimizerConfig> read(JsonFields job, HyperParameters hyper) {
        if (job.object("optimizer").isEmpty()) {
            return Optional.empty();
        }
        JsonFields optimizer = job.fields("optimizer");
        optimizer.warnOfMisspelt(Set.of("name", "params"));
        ObjectNode params = optimizer.scalars("params");
        String name = optimizer.string("name").orElse("").strip().toLowerCase(Locale.ROOT);
        if (!Set.of("", "fedprox", "scaffold").contains(name)) {
            optimizer.violation("name", "must be fedprox or scaffold");
        }
        if (!name.isEmpty()) {
            optimizer.fields("params").belowOne("momentum", 0);
        }
        if (name.equals("scaffold")) {
            scaffold(optimizer.fields("params"), hyper);
        }
        return name.isEmpty() ? Optional.empty() : Optional.of(new OptimizerConfig(name, params));
    }

    private static void scaffold(JsonFields params, HyperParameters hyper) {
        JsonNode option = params.raw("option");
        if (option != null && !Set.of("1", "2").contains(option.asString(""))) {
            params.violation("option", "must be 1 (the gradient at the round's model) or 2 (the path of the steps)");
        }
        JsonNode population = params.raw(POPULATION);
        boolean fine = population == null
                || population.isIntegralNumber()
                        && population.canConvertToInt()
                        && population.intValue() >= hyper.clientNum();
        if (!fine) {
            params.violation(
                    POPULATION,
                    "must be the number of all clients that may take part, a whole number of at least client_num ("
                            + hyper.clientNum() + ")");
        }
    }
}
