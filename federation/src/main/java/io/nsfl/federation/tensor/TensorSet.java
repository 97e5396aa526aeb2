package io.nsfl.federation.tensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tensors of a model in their order. Immutable in structure; who holds the memory's arena decides how long it may be read. */
public final class TensorSet {
    private final List<NamedTensor> tensors;
    private final Map<String, NamedTensor> byName;

    public TensorSet(List<NamedTensor> tensors) {
        this.tensors = List.copyOf(tensors);
        Map<String, NamedTensor> index = new LinkedHashMap<>();
        for (NamedTensor tensor : this.tensors) {
            if (index.put(tensor.spec().name(), tensor) != null) {
                throw new IllegalArgumentException(
                        "Cannot hold two tensors named " + tensor.spec().name());
            }
        }
        this.byName = index;
    }

    public List<NamedTensor> tensors() {
        return tensors;
    }

    public List<TensorSpec> specs() {
        return tensors.stream().map(NamedTensor::spec).toList();
    }

    public Optional<NamedTensor> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Sum of the tensors' bytes. */
    public long bytes() {
        return tensors.stream().mapToLong(tensor -> tensor.spec().bytes()).sum();
    }
}
