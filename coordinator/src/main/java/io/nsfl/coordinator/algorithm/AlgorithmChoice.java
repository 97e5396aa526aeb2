package io.nsfl.coordinator.algorithm;

import io.nsfl.federation.aggregate.ExactFold;
import io.nsfl.federation.control.ControlVariates;
import io.nsfl.federation.optimize.FederatedAveraging;
import io.nsfl.federation.optimize.Scaffold;
import io.nsfl.federation.optimize.StalenessDiscount;
import io.nsfl.protocol.job.BufferedAggregation;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.OptimizerConfig;
import java.util.List;
import java.util.Optional;

/** Which algorithm a job asks for. The only place that knows. */
public final class AlgorithmChoice {
    private AlgorithmChoice() {}

    public static Algorithm of(JobConfig job) {
        if (job.optimizer().filter(OptimizerConfig::scaffold).isPresent()) {
            return new Algorithm(
                    (plan, _, _) -> new ExactFold(plan),
                    Weighting.EQUAL,
                    List.of(),
                    new Scaffold(
                            job.hyperParameters().learningRate(),
                            job.optimizer().get().population()),
                    ControlVariates::deltaSpecs,
                    List.of());
        }
        Optional<BufferedAggregation> buffered = job.method().aggregation().flatMap(BufferedAggregation::of);
        return new Algorithm(
                (plan, _, _) -> new ExactFold(plan),
                Weighting.SAMPLES,
                buffered.filter(BufferedAggregation::discounting).isPresent()
                        ? List.of(new StalenessDiscount())
                        : List.of(),
                new FederatedAveraging(job.hyperParameters().learningRate()),
                ExtraTensors.NONE,
                List.of());
    }
}
