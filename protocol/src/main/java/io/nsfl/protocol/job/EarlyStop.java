package io.nsfl.protocol.job;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The job's {@code early_stop}: it ends once a metric of its evaluations has not improved for a while.
 *
 * @param metric name of a metric of evaluations
 * @param patience evaluations without an improvement after which the job ends, at least 1 (5)
 * @param minDelta an improvement is a change by more than this, at least 0 (0)
 * @param downwards whether less is better ({@code mode} min); unless the job says, of a name that ends in {@code loss} alone
 */
public record EarlyStop(String metric, int patience, double minDelta, boolean downwards) {
    private static final int DEFAULT_PATIENCE = 5;

    static Optional<EarlyStop> read(JsonFields job) {
        if (job.object("early_stop").isEmpty()) {
            return Optional.empty();
        }
        JsonFields fields = job.fields("early_stop");
        fields.warnOfMisspelt(Set.of("metric", "patience", "min_delta", "mode"));
        Optional<String> metric = fields.requiredString(
                        "metric", "the evaluation's metric to watch, for example accuracy")
                .map(String::strip);
        int patience = fields.count("patience", DEFAULT_PATIENCE, 1);
        double minDelta = fields.decimal("min_delta", 0, true);
        boolean named = metric.filter(name -> name.endsWith("loss")).isPresent();
        boolean downwards = downwards(fields).orElse(named);
        return metric.map(name -> new EarlyStop(name, patience, minDelta, downwards));
    }

    private static Optional<Boolean> downwards(JsonFields fields) {
        return fields.filledString("mode").flatMap(mode -> switch (mode.strip().toLowerCase(Locale.ROOT)) {
            case "min" -> Optional.of(true);
            case "max" -> Optional.of(false);
            default -> {
                fields.violation("mode", "must be min (less is better) or max (more is better)");
                yield Optional.empty();
            }
        });
    }
}
