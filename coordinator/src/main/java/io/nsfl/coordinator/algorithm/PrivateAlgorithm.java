package io.nsfl.coordinator.algorithm;

import io.nsfl.federation.optimize.AggregateTreatment;
import io.nsfl.federation.optimize.KeptIntegers;
import io.nsfl.federation.privacy.AdaptiveClip;
import io.nsfl.federation.privacy.CentralNoise;
import io.nsfl.federation.privacy.ClipCount;
import io.nsfl.federation.privacy.FixedDivisor;
import io.nsfl.federation.update.MetricRule;
import io.nsfl.protocol.job.DifferentialPrivacy;
import io.nsfl.protocol.job.JobConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What differential privacy makes of an algorithm: every client counts the same, integer tensors stay, and in mode central noise is the
 * first thing that happens to the mean; in mode distributed it is in the mean already, of which the divisor is made the configured one.
 */
public final class PrivateAlgorithm {
    private PrivateAlgorithm() {}

    /** @param plain what the job asks for otherwise */
    public static Algorithm of(Algorithm plain, JobConfig job) {
        Optional<DifferentialPrivacy> privacy = job.method().privacy();
        if (privacy.isEmpty()) {
            return plain;
        }
        Optional<CentralNoise> noise =
                noise(privacy.get(), job.hyperParameters().clientNum());
        boolean counts = noise.flatMap(CentralNoise::adaptive).isPresent();
        List<AggregateTreatment> treatments = new ArrayList<>(noise.stream().toList());
        if (privacy.get().mode() == DifferentialPrivacy.Mode.DISTRIBUTED) {
            treatments.add(new FixedDivisor(
                    privacy.get().samplingProbability() * job.hyperParameters().clientNum()));
        }
        treatments.addAll(plain.treatments());
        List<MetricRule> metrics = new ArrayList<>(plain.metrics());
        if (counts) {
            metrics.add(new MetricRule(ClipCount.REPORTED, 0, "whether the update was within the clip norm"));
        }
        return new Algorithm(
                counts ? counting(plain.folding()) : plain.folding(),
                Weighting.EQUAL,
                treatments,
                new KeptIntegers(plain.optimizer()),
                plain.extras(),
                metrics);
    }

    /** In mode central; empty in the others. */
    public static Optional<CentralNoise> noise(DifferentialPrivacy privacy, int clients) {
        if (privacy.mode() != DifferentialPrivacy.Mode.CENTRAL) {
            return Optional.empty();
        }
        return Optional.of(new CentralNoise(
                privacy.noiseMultiplier(),
                privacy.clipNorm().orElseThrow(),
                privacy.samplingProbability() * clients,
                privacy.adaptiveClip()
                        .map(clip ->
                                new AdaptiveClip(clip.quantile(), clip.learningRate(), clip.countNoise(clients)))));
    }

    private static Folding counting(Folding plain) {
        return (plan, committed, scratch) -> new ClipCount(plain.begin(plan, committed, scratch));
    }
}
