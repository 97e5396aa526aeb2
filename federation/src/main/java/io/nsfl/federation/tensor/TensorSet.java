package io.nsfl.federation.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
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

    /** Zeroed tensors outside the heap; freed with the arena. */
    public static TensorSet allocate(Arena arena, List<TensorSpec> specs) {
        return over(arena.allocate(packedBytes(specs), Long.BYTES), specs);
    }

    /**
     * Tensors laid over memory one after the other without gaps, for example over a mapped file.
     *
     * @param memory at least {@link #packedBytes} bytes
     */
    public static TensorSet over(MemorySegment memory, List<TensorSpec> specs) {
        List<NamedTensor> tensors = new ArrayList<>(specs.size());
        long at = 0;
        for (TensorSpec spec : specs) {
            tensors.add(new NamedTensor(spec, memory.asSlice(at, spec.bytes())));
            at += spec.bytes();
        }
        return new TensorSet(tensors);
    }

    /** Bytes of tensors that lie one after the other without gaps. */
    public static long packedBytes(List<TensorSpec> specs) {
        return specs.stream().mapToLong(TensorSpec::bytes).reduce(0, Math::addExact);
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

    /** The tensor of this name; a programming error if there is none. */
    public NamedTensor get(String name) {
        NamedTensor tensor = byName.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("Cannot find tensor " + name + " among " + byName.size());
        }
        return tensor;
    }

    /** Sum of the tensors' bytes. */
    public long bytes() {
        return tensors.stream().mapToLong(tensor -> tensor.spec().bytes()).sum();
    }
}
