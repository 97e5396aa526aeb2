package io.nsfl.coordinator.algorithm;

import io.nsfl.federation.aggregate.ExactFold;
import io.nsfl.federation.aggregate.FairFold;
import io.nsfl.federation.aggregate.LocalWork;
import io.nsfl.federation.aggregate.NormBoundedFold;
import io.nsfl.federation.aggregate.NormalizedFold;
import io.nsfl.federation.control.ControlVariates;
import io.nsfl.federation.optimize.AdaptiveOptimizer;
import io.nsfl.federation.optimize.AdaptiveRule;
import io.nsfl.federation.optimize.FederatedAveraging;
import io.nsfl.federation.optimize.Scaffold;
import io.nsfl.federation.optimize.ServerMomentum;
import io.nsfl.federation.optimize.ServerOptimizer;
import io.nsfl.federation.optimize.StalenessDiscount;
import io.nsfl.federation.robust.Bulyan;
import io.nsfl.federation.robust.CoordinateRule;
import io.nsfl.federation.robust.GeometricMedian;
import io.nsfl.federation.robust.Krum;
import io.nsfl.federation.robust.RobustFold;
import io.nsfl.federation.robust.RobustRule;
import io.nsfl.federation.update.MetricRule;
import io.nsfl.protocol.job.AggregationConfig;
import io.nsfl.protocol.job.AggregationMethod;
import io.nsfl.protocol.job.BufferedAggregation;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.OptimizerConfig;
import java.util.List;

/** Which algorithm a job asks for. The only place that knows. */
public final class AlgorithmChoice {
    private static final Folding MEAN = (plan, _, _) -> new ExactFold(plan);

    private final double rate;

    private AlgorithmChoice(double rate) {
        this.rate = rate;
    }

    public static Algorithm of(JobConfig job) {
        AlgorithmChoice choice = new AlgorithmChoice(job.hyperParameters().learningRate());
        Algorithm plain = job.optimizer()
                .filter(OptimizerConfig::scaffold)
                .map(choice::scaffold)
                .or(() -> job.method()
                        .aggregation()
                        .flatMap(BufferedAggregation::of)
                        .map(choice::buffered))
                .or(() -> job.method()
                        .aggregation()
                        .flatMap(AggregationConfig::method)
                        .map(choice::of))
                .orElseGet(() -> choice.averaging(MEAN, Weighting.SAMPLES, List.of()));
        return PrivateAlgorithm.of(plain, job);
    }

    private Algorithm buffered(BufferedAggregation asked) {
        return new Algorithm(
                MEAN,
                Weighting.AGE,
                asked.discounting() ? List.of(new StalenessDiscount()) : List.of(),
                new FederatedAveraging(rate),
                ExtraTensors.NONE,
                List.of());
    }

    private Algorithm scaffold(OptimizerConfig asked) {
        return new Algorithm(
                MEAN,
                Weighting.EQUAL,
                List.of(),
                new Scaffold(rate, asked.population()),
                ControlVariates::deltaSpecs,
                List.of());
    }

    private Algorithm of(AggregationMethod method) {
        return switch (method) {
            case AggregationMethod.FedAvg averaging -> averaging(MEAN, weighting(averaging.weighting()), List.of());
            case AggregationMethod.FedAvgM asked ->
                mean(weighting(asked.weighting()), new ServerMomentum(rate, asked.momentum()));
            case AggregationMethod.Adaptive asked -> mean(weighting(asked.weighting()), adaptive(asked));
            case AggregationMethod.FedNova asked -> {
                LocalWork work = work(asked);
                yield averaging(
                        (plan, _, _) -> new NormalizedFold(plan, work),
                        Weighting.SAMPLES,
                        List.of(new MetricRule(
                                NormalizedFold.STEPS, 1, "how many optimizer steps the script made in this round")));
            }
            case AggregationMethod.QFedAvg asked ->
                averaging(
                        (plan, _, scratch) -> new FairFold(plan, asked.q(), asked.clientLearningRate(), scratch),
                        Weighting.EQUAL,
                        List.of(new MetricRule(
                                FairFold.LOSS, 0, "the loss of the round's start model on the client's data")));
            case AggregationMethod.Median asked -> robust(CoordinateRule.median(asked.f()));
            case AggregationMethod.TrimmedMean asked ->
                robust(
                        asked.fraction().isPresent()
                                ? CoordinateRule.trimmedMean(asked.fraction().getAsDouble(), asked.f())
                                : CoordinateRule.trimmedMean(asked.trim()));
            case AggregationMethod.Krum asked -> robust(Krum.single(asked.f()));
            case AggregationMethod.MultiKrum asked ->
                robust(asked.m().isPresent() ? Krum.multi(asked.f(), asked.m().getAsInt()) : Krum.multi(asked.f()));
            case AggregationMethod.Bulyan asked -> robust(new Bulyan(asked.f()));
            case AggregationMethod.GeometricMedian asked ->
                robust(new GeometricMedian(asked.f(), asked.passes(), asked.smoothing()));
            case AggregationMethod.NormBound asked ->
                averaging((plan, _, _) -> new NormBoundedFold(plan, asked.bound()), Weighting.EQUAL, List.of());
        };
    }

    private Algorithm robust(RobustRule rule) {
        return averaging((plan, _, scratch) -> new RobustFold(plan, rule, scratch), Weighting.EQUAL, List.of());
    }

    /** Whatever is folded is added to the model, times the server's learning rate. */
    private Algorithm averaging(Folding folding, Weighting weighting, List<MetricRule> metrics) {
        return new Algorithm(folding, weighting, List.of(), new FederatedAveraging(rate), ExtraTensors.NONE, metrics);
    }

    private static Algorithm mean(Weighting weighting, ServerOptimizer optimizer) {
        return new Algorithm(MEAN, weighting, List.of(), optimizer, ExtraTensors.NONE, List.of());
    }

    private ServerOptimizer adaptive(AggregationMethod.Adaptive asked) {
        return new AdaptiveOptimizer(
                switch (asked.rule()) {
                    case ADAGRAD -> AdaptiveRule.ADAGRAD;
                    case ADAM -> AdaptiveRule.ADAM;
                    case YOGI -> AdaptiveRule.YOGI;
                },
                rate,
                new AdaptiveOptimizer.Options(
                        asked.beta1(),
                        asked.beta2(),
                        asked.tau(),
                        asked.initialAccumulator(),
                        switch (asked.biasCorrection()) {
                            case NONE -> AdaptiveOptimizer.BiasCorrection.NONE;
                            case STANDARD -> AdaptiveOptimizer.BiasCorrection.STANDARD;
                            case SHIFTED -> AdaptiveOptimizer.BiasCorrection.SHIFTED;
                        },
                        asked.tauInside()));
    }

    private static LocalWork work(AggregationMethod.FedNova asked) {
        if (asked.mu() > 0) {
            return LocalWork.proximal(asked.mu() * asked.clientLearningRate().orElseThrow());
        }
        return asked.momentum() > 0 ? LocalWork.momentum(asked.momentum()) : LocalWork.plain();
    }

    private static Weighting weighting(AggregationMethod.Weighting asked) {
        return switch (asked) {
            case SAMPLES -> Weighting.SAMPLES;
            case EQUAL -> Weighting.EQUAL;
        };
    }
}
