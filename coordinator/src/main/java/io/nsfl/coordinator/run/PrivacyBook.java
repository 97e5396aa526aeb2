package io.nsfl.coordinator.run;

import io.nsfl.coordinator.algorithm.PrivateAlgorithm;
import io.nsfl.coordinator.checkpoint.RunHistory;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.federation.aggregate.RangeEstimate;
import io.nsfl.federation.bits.BitSource;
import io.nsfl.federation.privacy.CentralNoise;
import io.nsfl.federation.privacy.CipherBits;
import io.nsfl.federation.privacy.ClipCount;
import io.nsfl.federation.privacy.PrivacyAccount;
import io.nsfl.federation.privacy.PrivacyLoss;
import io.nsfl.federation.privacy.SampledGaussian;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.ids.RunKey;
import io.nsfl.protocol.job.DifferentialPrivacy;
import io.nsfl.protocol.job.DifferentialPrivacy.Mode;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.PrivacySpent;
import io.nsfl.protocol.v1.PrivacyOrder;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;

/**
 * What a run with differential privacy asks of its clients, allows itself, and has spent. What counts as spent is read from the journal:
 * in mode central every set of updates that was closed, because from there on its noised sum may have been seen; in mode distributed every
 * masked sum whose clients were asked for what takes the masks off (those of groups of clients, of which each is in one, count as one); in
 * mode local every attempt that a client was asked for, of the client that was asked most. Everybody is taken to be asked every time; only a
 * coin that clients toss in secret counts as sampling.
 */
final class PrivacyBook {
    /** Of what a client may add to a noised value: more deviations than a run will ever draw. */
    private static final double DEVIATIONS = 12;

    private static final double STILL = 0x1p-20;

    private final DifferentialPrivacy privacy;
    private final Optional<CentralNoise> noise;
    /** Written on the disk's lane, read on the decisions'. */
    private volatile long releases;

    private PrivacyBook(DifferentialPrivacy privacy, int clients) {
        this.privacy = privacy;
        this.noise = PrivateAlgorithm.noise(privacy, clients);
    }

    /** Empty where the job asks for no privacy. */
    static Optional<PrivacyBook> of(JobConfig job) {
        return job.method()
                .privacy()
                .map(asked -> new PrivacyBook(asked, job.hyperParameters().clientNum()));
    }

    /** A record was written. */
    void count(RunHistory history) {
        releases = switch (privacy.mode()) {
            case LOCAL -> history.mostAsked();
            case CENTRAL -> history.closedSets();
            case DISTRIBUTED -> history.releasedSums();
        };
    }

    /** Why no other attempt may begin; empty = one may. From any thread. */
    Optional<String> refusesAnother() {
        if (privacy.epsilonBudget().isEmpty()) {
            return Optional.empty();
        }
        double budget = privacy.epsilonBudget().getAsDouble();
        long spent = releases;
        double next = loss(spent + 1).epsilon();
        if (next <= budget) {
            return Optional.empty();
        }
        return Optional.of(
                spent == 0
                        ? "The epsilon_budget of %s allows no round: the first would cost an epsilon of %.4g at delta %s"
                                .formatted(number(budget), next, number(privacy.delta()))
                        : "The epsilon_budget of %s is used up: %d rounds have cost %.4g, another would make it %.4g at delta %s"
                                .formatted(
                                        number(budget), spent, loss(spent).epsilon(), next, number(privacy.delta())));
    }

    /** What was spent, for the metrics of a round. @param before of the round @param after of the round; the same if nothing was committed */
    PrivacySpent spent(ServerState before, ServerState after) {
        double epsilon = loss(releases).epsilon();
        Double bound = noise.map(central -> central.bound(before))
                .orElse(privacy.clipNorm().isPresent() ? privacy.clipNorm().getAsDouble() : null);
        return new PrivacySpent(
                privacy.mode().name().toLowerCase(Locale.ROOT),
                Double.isFinite(epsilon) ? epsilon : null,
                privacy.delta(),
                releases,
                privacy.noiseMultiplier(),
                bound,
                adapts() ? noise.orElseThrow().bound(after) : null,
                privacy.samplingProbability() < 1 ? privacy.samplingProbability() : null);
    }

    /** One sentence about it. */
    static String told(PrivacySpent spent) {
        String releases = spent.releases() + (spent.releases() == 1 ? " release" : " releases");
        return spent.epsilon() == null
                ? "Epsilon is unbounded after " + releases + ": the noise promises nothing."
                : "Epsilon is %.4f at delta %s after %s.".formatted(spent.epsilon(), number(spent.delta()), releases);
    }

    /** What clients do to their updates. @param bound {@link #normBound} of the work */
    PrivacyOrder order(double bound) {
        return PrivacyOrder.newBuilder()
                .setNoiseBy(
                        switch (privacy.mode()) {
                            case LOCAL -> PrivacyOrder.NoiseBy.NOISE_BY_CLIENT;
                            case CENTRAL -> PrivacyOrder.NoiseBy.NOISE_BY_COORDINATOR;
                            case DISTRIBUTED -> PrivacyOrder.NoiseBy.NOISE_BY_CLIENTS_TOGETHER;
                        })
                .setNoiseMultiplier(privacy.noiseMultiplier())
                .setClipNorm(noise.isPresent() ? bound : privacy.clipNorm().orElse(0))
                .setSameNoise(privacy.addingSameNoise())
                .setReportWithinClip(adapts())
                .setPublicEvaluation(privacy.publicEvaluation())
                .setSamplingProbability(privacy.samplingProbability() < 1 ? privacy.samplingProbability() : 0)
                .build();
    }

    /** Largest norm of an update; infinite where noise makes it as long as it is. @param committed before the round */
    double normBound(ServerState committed) {
        return noise.map(central -> central.bound(committed))
                .orElse(
                        privacy.mode() == Mode.DISTRIBUTED
                                ? privacy.clipNorm().orElseThrow()
                                : Double.POSITIVE_INFINITY);
    }

    /** Of the noise that clients share out; empty = they do not. */
    OptionalDouble sharedMultiplier() {
        return privacy.mode() == Mode.DISTRIBUTED
                ? OptionalDouble.of(privacy.noiseMultiplier())
                : OptionalDouble.empty();
    }

    /** Metrics that say by 0 or 1 what was done to an update; noise is made for their sums. */
    List<String> counted() {
        return adapts() ? List.of(ClipCount.REPORTED) : List.of();
    }

    private boolean adapts() {
        return noise.flatMap(CentralNoise::adaptive).isPresent();
    }

    /**
     * What elements of updates can be. A range that rejected some would cost an attempt, and with it privacy, so it comes from the clip norm
     * and not from what earlier rounds held.
     *
     * @param estimate what it would be without privacy
     * @param committed before the round
     */
    RangeEstimate ranges(RangeEstimate estimate, List<TensorSpec> model, ServerState committed) {
        Map<String, Double> largest = new LinkedHashMap<>(estimate.largest());
        for (TensorSpec spec : model) {
            if (spec.kind() == TensorKind.STATISTIC) {
                largest.put(spec.name(), STILL);
            } else if (spec.kind() == TensorKind.TRAINABLE) {
                largest.compute(spec.name(), (name, expected) -> largest(expected, committed));
            }
        }
        return new RangeEstimate(largest);
    }

    /**
     * Secret to whoever has not the run's key, and the same for the same set of updates to the same model: a coordinator that starts again
     * makes the same model of it, and no sum is noised twice.
     *
     * @param included digests of the updates by client
     */
    static BitSource bits(RunKey key, WorkId work, byte[] baseDigest, SortedMap<String, String> included) {
        byte[] attempt = ByteBuffer.allocate(2 * Integer.BYTES)
                .putInt(work.round())
                .putInt(work.attempt())
                .array();
        return CipherBits.of(key.mac("nsfl/round-noise/v1", attempt, baseDigest, JobJson.bytes(included)));
    }

    private double largest(double expected, ServerState committed) {
        if (privacy.mode() != Mode.LOCAL) {
            return normBound(committed);
        }
        double deviation = privacy.noiseMultiplier() * privacy.clipNorm().orElse(1);
        return privacy.clipNorm().orElse(expected) + DEVIATIONS * deviation;
    }

    private PrivacyLoss loss(long count) {
        SampledGaussian release =
                new SampledGaussian(privacy.samplingProbability(), privacy.bounded() ? privacy.noiseMultiplier() : 0);
        return PrivacyAccount.EMPTY.plus(release, count).loss(privacy.delta());
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e6
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
