package io.nsfl.protocol.job;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * The job's {@code aggregation}: how the updates of a round become the next model.
 *
 * @param name in lower case, one of {@link #NAMES}
 * @param params as given
 * @param method the same read and checked; empty for fedbuff and extender, whose parts read their own
 */
public record AggregationConfig(String name, ObjectNode params, Optional<AggregationMethod> method) {
    /** Means of updates, and what the server makes of them. */
    public static final List<String> MEANS =
            List.of("fedavg", "fedavgm", "fedadam", "fedyogi", "fedadagrad", "fednova", "qfedavg", "fedbuff");

    /** Rules that bear malicious clients; they need each update for itself. */
    public static final List<String> ROBUST =
            List.of("median", "trimmed_mean", "krum", "multi_krum", "bulyan", "geometric_median", "norm_bound");

    /** The job's own code aggregates. */
    public static final String EXTENDER = "extender";

    /** All of them. */
    public static final List<String> NAMES =
            Stream.of(MEANS, ROBUST, List.of(EXTENDER)).flatMap(List::stream).toList();
}
