package io.nsfl.coordinator.round;

import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which clients of a masking session others have left it for: because nobody vouches for them, or because of what they dealt. One alone may lie
 * about it. Immutable.
 */
record Blame(Map<String, SortedSet<String>> accusers) {
    static final Blame NONE = new Blame(Map.of());

    Blame with(String accused, String accuser) {
        Map<String, SortedSet<String>> more = new TreeMap<>(accusers);
        SortedSet<String> all = new TreeSet<>(more.getOrDefault(accused, new TreeSet<>()));
        all.add(accuser);
        more.put(accused, all);
        return new Blame(more);
    }

    /** Clients that at least so many others blame. */
    SortedSet<String> by(int least) {
        SortedSet<String> found = new TreeSet<>();
        accusers.forEach((accused, all) -> {
            if (all.size() >= least) {
                found.add(accused);
            }
        });
        return found;
    }
}
