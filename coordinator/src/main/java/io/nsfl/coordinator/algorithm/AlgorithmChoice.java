package io.nsfl.coordinator.algorithm;

import io.nsfl.federation.aggregate.ExactFold;
import io.nsfl.federation.optimize.FederatedAveraging;
import io.nsfl.protocol.job.JobConfig;
import java.util.List;

/** Which algorithm a job asks for. The only place that knows. */
public final class AlgorithmChoice {
    private AlgorithmChoice() {}

    public static Algorithm of(JobConfig job) {
        return new Algorithm(
                (plan, _, _) -> new ExactFold(plan),
                Weighting.SAMPLES,
                List.of(),
                new FederatedAveraging(job.hyperParameters().learningRate()),
                ExtraTensors.NONE,
                List.of());
    }
}
