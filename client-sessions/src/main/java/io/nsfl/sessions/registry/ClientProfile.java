package io.nsfl.sessions.registry;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a client announced when it registered, checked.
 *
 * @param id derived from its key
 * @param name given by its owner; may be empty
 * @param address host:port under which configurations name it; may be empty
 * @param platform {@code linux} or {@code k8s}
 * @param runtimes canonical names
 * @param datasets samples by name; 0 = not known
 * @param capacity what it has in all
 * @param parallelism tasks it takes at once; -1 = as many as its resources allow
 * @param registration false: chosen by name only
 * @param version of its software
 * @param scripts whose scripts it runs
 */
public record ClientProfile(
        String id,
        String name,
        String address,
        String platform,
        String os,
        List<String> runtimes,
        Set<String> labels,
        Map<String, Long> datasets,
        Amount capacity,
        int parallelism,
        boolean registration,
        String version,
        ScriptAcceptance scripts) {

    /** Platform of a client that is a whole cluster. */
    public static final String CLUSTER = "k8s";

    /** Whether one of these names (id, name or address) means this client. */
    public boolean namedBy(Collection<String> names) {
        return names.contains(id)
                || (!name.isEmpty() && names.contains(name))
                || (!address.isEmpty() && names.contains(address));
    }

    /** How people find it again: its name, if it has one, and its id. */
    public String label() {
        return name.isEmpty() ? id : name + " (" + id + ")";
    }

    /** Samples of these datasets together. */
    public long samples(Collection<String> wanted) {
        return wanted.stream()
                .distinct()
                .mapToLong(dataset -> datasets.getOrDefault(dataset, 0L))
                .reduce(0, (sum, samples) -> sum > Long.MAX_VALUE - samples ? Long.MAX_VALUE : sum + samples);
    }
}
