package io.nsfl.protocol.job;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The parameters of {@code aggregation: {"name": "fedbuff"}}: {@code client_num} clients train all the time, and each
 * {@code bufferSize} updates make a new model.
 *
 * @param bufferSize updates that make a model, at least 1 ({@code buffer_size}: 10)
 * @param maxStaleness models that may have been made since an update's own; older updates are dropped, 0 to 1000
 *     ({@code max_staleness}: 20)
 * @param stalenessExponent an update counts {@code (1 + staleness)^-exponent}, 0 to 10 ({@code staleness_exponent}: 0.5)
 * @param discounting the sum is divided by the number of updates, so that old ones make the step shorter, and not by the sum of their
 *     weights ({@code divide_by}: {@code count} or {@code weight})
 */
public record BufferedAggregation(int bufferSize, int maxStaleness, double stalenessExponent, boolean discounting) {
    static final String NAME = "fedbuff";
    private static final int MOST_STALE = 1000;

    /** Empty where another aggregation is asked for. */
    public static Optional<BufferedAggregation> of(AggregationConfig aggregation) {
        return aggregation.name().equals(NAME)
                ? Optional.of(read(new JsonFields(aggregation.params(), "$.aggregation.params", new Findings())))
                : Optional.empty();
    }

    static BufferedAggregation read(JsonFields params) {
        params.warnOfMisspelt(Set.of("buffer_size", "max_staleness", "staleness_exponent", "divide_by"));
        double exponent = params.decimal("staleness_exponent", 0.5, true);
        if (exponent > 10) {
            params.violation("staleness_exponent", "must be at most 10");
        }
        boolean discounting =
                switch (params.filledString("divide_by").orElse("count").strip().toLowerCase(Locale.ROOT)) {
                    case "count" -> true;
                    case "weight" -> false;
                    default -> {
                        params.violation("divide_by", "must be count or weight");
                        yield true;
                    }
                };
        return new BufferedAggregation(
                params.count("buffer_size", 10, 1),
                (int) params.integer("max_staleness", 20, 0, MOST_STALE),
                exponent,
                discounting);
    }
}
