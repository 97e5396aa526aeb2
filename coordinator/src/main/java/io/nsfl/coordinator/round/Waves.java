package io.nsfl.coordinator.round;

import io.nsfl.coordinator.round.Attendance.Standing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The waves that are out, in the order in which they were asked. Immutable. */
record Waves(SortedMap<WorkId, Wave> all) {
    static final Comparator<WorkId> ORDER =
            Comparator.comparingInt(WorkId::round).thenComparingInt(WorkId::attempt);

    Waves {
        SortedMap<WorkId, Wave> ordered = new TreeMap<>(ORDER);
        ordered.putAll(all);
        all = Collections.unmodifiableSortedMap(ordered);
    }

    static Waves none() {
        return new Waves(Collections.emptySortedMap());
    }

    Optional<Wave> of(WorkId work) {
        return work.trains() ? Optional.ofNullable(all.get(work)) : Optional.empty();
    }

    Waves with(Wave wave) {
        SortedMap<WorkId, Wave> next = new TreeMap<>(all);
        next.put(wave.work(), wave);
        return new Waves(next);
    }

    Waves with(WorkId work, String client, Standing standing) {
        return of(work).map(wave -> with(wave.with(client, standing))).orElse(this);
    }

    Waves without(Collection<WorkId> works) {
        SortedMap<WorkId, Wave> next = new TreeMap<>(all);
        works.forEach(next::remove);
        return new Waves(next);
    }

    List<Wave> which(Predicate<Wave> what) {
        return new ArrayList<>(all.values()).stream().filter(what).toList();
    }

    /** Clients that train now, or will. */
    int training() {
        return all.values().stream().mapToInt(Wave::training).sum();
    }
}
