package io.nsfl.federation.state;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a job's algorithm at the server remembers: named tensors (momentum, second moments, control variates) and named numbers (steps, a
 * clipping bound, an accountant's sums). Committed with the round that changed it, and only then believed; who steps changes a copy.
 *
 * <p>Each part of an algorithm names what it keeps {@code <part>/<name>}, so that parts do not meet.
 */
public final class ServerState {
    private final TensorSet tensors;
    private final SortedMap<String, Double> scalars;

    /** @param tensors usually views of a mapped file */
    public ServerState(TensorSet tensors, Map<String, Double> scalars) {
        this.tensors = tensors;
        this.scalars = new TreeMap<>(scalars);
    }

    /** For algorithms that remember nothing. */
    public static ServerState none() {
        return new ServerState(new TensorSet(List.of()), Map.of());
    }

    public TensorSet tensors() {
        return tensors;
    }

    /** The tensor that a part keeps under this name; a programming error if there is none. */
    public NamedTensor tensor(String part, String name) {
        return tensors.get(part + "/" + name);
    }

    /** A number, or what it is before anything was kept. */
    public double scalar(String name, double absent) {
        return scalars.getOrDefault(name, absent);
    }

    /** @param value finite: it is written as a JSON number */
    public void set(String name, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("Cannot keep " + value + " as " + name);
        }
        scalars.put(name, value);
    }

    public SortedMap<String, Double> scalars() {
        return Collections.unmodifiableSortedMap(scalars);
    }

    /** Whether no element is NaN or infinite. */
    public boolean finite() {
        return tensors.tensors().stream().allMatch(NamedTensor::finite);
    }
}
