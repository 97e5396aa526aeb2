package io.nsfl.federation.privacy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was released so far: plain data that can be written down, and read again to the same epsilon. Releases of any kinds compose.
 *
 * @param releases each kind once, in the order of the first
 */
public record PrivacyAccount(List<Releases> releases) {
    /** Nothing released. */
    public static final PrivacyAccount EMPTY = new PrivacyAccount(List.of());

    /** The same release so many times. */
    public record Releases(double samplingProbability, double noiseMultiplier, long count) {
        public Releases {
            if (count < 1) {
                throw new IllegalArgumentException("Cannot account for " + count + " releases");
            }
        }

        SampledGaussian mechanism() {
            return new SampledGaussian(samplingProbability, noiseMultiplier);
        }
    }

    public PrivacyAccount {
        releases = releases == null ? List.of() : List.copyOf(releases);
    }

    /** With more releases. */
    public PrivacyAccount plus(SampledGaussian mechanism, long count) {
        if (count == 0) {
            return this;
        }
        Map<SampledGaussian, Long> counts = new LinkedHashMap<>();
        releases.forEach(each -> counts.merge(each.mechanism(), each.count(), Math::addExact));
        counts.merge(mechanism, count, Math::addExact);
        return new PrivacyAccount(counts.entrySet().stream()
                .map(each -> new Releases(
                        each.getKey().samplingProbability(), each.getKey().noiseMultiplier(), each.getValue()))
                .toList());
    }

    /** With all releases of another account. */
    public PrivacyAccount plus(PrivacyAccount other) {
        PrivacyAccount sum = this;
        for (Releases each : other.releases) {
            sum = sum.plus(each.mechanism(), each.count());
        }
        return sum;
    }

    /** How many releases there were. */
    public long count() {
        return releases.stream().mapToLong(Releases::count).sum();
    }

    /** What they cost together. @param delta between 0 and 1 */
    public PrivacyLoss loss(double delta) {
        RenyiCurve sum = RenyiCurve.ZERO;
        for (Releases each : releases) {
            sum = sum.plus(each.mechanism().curve().times(each.count()));
        }
        return sum.loss(delta);
    }
}
