package io.nsfl.federation.aggregate;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Integer tensors of kept updates: one client's value is taken for each element, never a mean. */
public final class IntegerTensors {
    private IntegerTensors() {}

    /** The largest value among the clients, as federated averaging takes it. */
    public static void largest(List<KeptUpdates.Kept> updates, NamedTensor out) {
        take(updates, out, updates.size() - 1);
    }

    /** The middle one, of an even number the lower: no single client decides. */
    public static void median(List<KeptUpdates.Kept> updates, NamedTensor out) {
        take(updates, out, (updates.size() - 1) / 2);
    }

    private static void take(List<KeptUpdates.Kept> updates, NamedTensor out, int rank) {
        String name = out.spec().name();
        DType type = out.spec().dtype();
        int bytes = type.bytes();
        NamedTensor[] tensors =
                updates.stream().map(update -> update.tensors().get(name)).toArray(NamedTensor[]::new);
        NamedTensor[] sorted = tensors.clone();
        for (long i = 0; i < out.spec().elements(); i++) {
            long element = i;
            Arrays.sort(sorted, order(type, element));
            MemorySegment.copy(sorted[rank].data(), element * bytes, out.data(), element * bytes, bytes);
        }
    }

    private static Comparator<NamedTensor> order(DType type, long element) {
        if (type.floating()) {
            return Comparator.comparingDouble(tensor -> tensor.at(element));
        }
        return (a, b) -> {
            long left = Elements.wholeBits(type, a.data(), element);
            long right = Elements.wholeBits(type, b.data(), element);
            return type == DType.U64 ? Long.compareUnsigned(left, right) : Long.compare(left, right);
        };
    }
}
