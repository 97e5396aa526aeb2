package io.nsfl.systemtests.direct;

import io.nsfl.protocol.job.Composition;
import io.nsfl.protocol.job.Feature;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Few jobs that have every pair of features that combine: what goes wrong between features mostly goes wrong between two. */
final class Coverings {
    private Coverings() {}

    /** Whether one job may ask for both, and for what they need. */
    static boolean combine(Feature one, Feature other) {
        return !one.excludes(other)
                && Composition.refusal(one, other).isEmpty()
                && needed(one).stream().allMatch(need -> need == other || combine(need, other))
                && needed(other).stream().allMatch(need -> need == one || combine(need, one));
    }

    private static Set<Feature> needed(Feature feature) {
        return feature == Feature.DP_DISTRIBUTED ? EnumSet.of(Feature.SSA) : EnumSet.noneOf(Feature.class);
    }

    /** Sets of features, each of which combines with all others of its set; together they have every pair. */
    static List<Set<Feature>> of(Set<Feature> features) {
        Set<Set<Feature>> uncovered = new LinkedHashSet<>();
        for (Feature one : features) {
            features.stream()
                    .filter(other -> one.ordinal() < other.ordinal() && combine(one, other))
                    .forEach(other -> uncovered.add(EnumSet.of(one, other)));
        }
        List<Set<Feature>> jobs = new ArrayList<>();
        while (!uncovered.isEmpty()) {
            Set<Feature> job = EnumSet.copyOf(uncovered.iterator().next());
            for (Optional<Feature> more = most(features, job, uncovered);
                    more.isPresent();
                    more = most(features, job, uncovered)) {
                job.add(more.get());
            }
            uncovered.removeIf(job::containsAll);
            jobs.add(job);
        }
        return jobs;
    }

    /** What combines with the whole job and brings the most pairs that no job has yet. */
    private static Optional<Feature> most(Set<Feature> features, Set<Feature> job, Set<Set<Feature>> uncovered) {
        return features.stream()
                .filter(feature -> job.stream().allMatch(asked -> combine(feature, asked)))
                .filter(feature -> gain(feature, job, uncovered) > 0)
                .max(Comparator.<Feature>comparingLong(feature -> gain(feature, job, uncovered))
                        .thenComparing(Comparator.reverseOrder()));
    }

    private static long gain(Feature feature, Set<Feature> job, Set<Set<Feature>> uncovered) {
        return job.stream()
                .filter(asked -> uncovered.contains(EnumSet.of(asked, feature)))
                .count();
    }
}
