package io.nsfl.protocol.job;

import java.util.Optional;
import java.util.Set;

/**
 * The job's {@code early_stop}: it ends once a metric of its evaluations has not improved for a while.
 *
 * @param metric name of a metric of evaluations; {@code loss}, or a name that ends so, improves downwards, all others upwards
 * @param patience evaluations without an improvement after which the job ends, at least 1 (5)
 * @param minDelta an improvement is a change by more than this, at least 0 (0)
 */
public record EarlyStop(String metric, int patience, double minDelta) {
    private static final int DEFAULT_PATIENCE = 5;

    static Optional<EarlyStop> read(JsonFields job) {
        if (job.object("early_stop").isEmpty()) {
            return Optional.empty();
        }
        JsonFields fields = job.fields("early_stop");
        fields.warnOfMisspelt(Set.of("metric", "patience", "min_delta"));
        Optional<String> metric =
                fields.requiredString("metric", "the evaluation's metric to watch, for example accuracy");
        int patience = fields.count("patience", DEFAULT_PATIENCE, 1);
        double minDelta = fields.decimal("min_delta", 0, true);
        return metric.map(name -> new EarlyStop(name.strip(), patience, minDelta));
    }
}
