package io.nsfl.protocol.job;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * The job's {@code aggregation}: how the updates of a round become the next model.
 *
 * @param name in lower case, one of {@link #NAMES}
 * @param params as given
 */
public record AggregationConfig(String name, ObjectNode params) {
    /** Means of updates, and what the server makes of them. */
    public static final List<String> MEANS =
            List.of("fedavg", "fedavgm", "fedadam", "fedyogi", "fedadagrad", "fednova", "qfedavg", "fedbuff");

    /** Rules that bear malicious clients; they need each update for itself. */
    public static final List<String> ROBUST =
            List.of("median", "trimmed_mean", "krum", "multi_krum", "bulyan", "geometric_median", "norm_bound");

    /** The job's own code aggregates. */
    public static final String EXTENDER = "extender";

    /** All of them. */
    public static final List<String> NAMES = java.util.stream.Stream.of(MEANS, ROBUST, List.of(EXTENDER))
            .flatMap(List::stream)
            .toList();

    static Optional<AggregationConfig> read(JsonFields job, HyperParameters hyper) {
        if (job.object("aggregation").isEmpty()) {
            return Optional.empty();
        }
        JsonFields fields = job.fields("aggregation");
        fields.warnOfMisspelt(Set.of("name", "params"));
        String name = fields.requiredString("name", "one of " + String.join(", ", NAMES))
                .orElse("")
                .strip()
                .toLowerCase(Locale.ROOT)
                .replace('-', '_');
        ObjectNode params = fields.scalars("params");
        if (name.equals(BufferedAggregation.NAME)) {
            BufferedAggregation.read(fields.fields("params"));
        }
        if (!name.isEmpty() && !NAMES.contains(name)) {
            fields.violation("name", "must be one of " + String.join(", ", NAMES));
        }
        return NAMES.contains(name) ? Optional.of(new AggregationConfig(name, params)) : Optional.empty();
    }
}
