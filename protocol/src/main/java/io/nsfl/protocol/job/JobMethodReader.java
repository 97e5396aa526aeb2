package io.nsfl.protocol.job;

import java.util.Optional;

/** Reads the blocks of a job object that make its {@link JobMethod}, and whether they combine. */
final class JobMethodReader {
    private JobMethodReader() {}

    static JobMethod read(JsonFields job, HyperParameters hyper, Optional<OptimizerConfig> optimizer) {
        JobMethod method = new JobMethod(
                AggregationReader.read(job, hyper),
                EarlyStop.read(job),
                LocalLayers.read(job),
                CompressionConfig.read(job),
                ExtenderConfig.read(job),
                DifferentialPrivacy.read(job, hyper),
                SecureAggregation.read(job, hyper));
        Composition.conflicts(method, optimizer)
                .forEach(conflict -> job.violation(conflict.block(), conflict.reason()));
        if (method.earlyStop().isPresent()
                && method.privacy()
                        .filter(privacy -> !privacy.publicEvaluation())
                        .isPresent()) {
            job.violation(
                    "early_stop",
                    "needs the metrics of evaluations, which stay with the clients: give evaluation public in"
                            + " differential_privacy if their data are, or leave it out");
        }
        return method;
    }
}
