package io.nsfl.federation;

import io.nsfl.federation.aggregate.Contribution;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Small tensors for tests. */
public final class Tensors {
    private Tensors() {}

    public static TensorSpec spec(String name, DType type, TensorKind kind, long... shape) {
        return new TensorSpec(name, type, Arrays.stream(shape).boxed().toList(), kind);
    }

    public static NamedTensor of(TensorSpec spec, double... values) {
        MemorySegment data =
                Arena.ofAuto().allocate(Math.max(1, spec.bytes()), 8).asSlice(0, spec.bytes());
        if (spec.dtype().floating()) {
            for (int from = 0; from < values.length; from += Elements.BLOCK) {
                int count = Elements.block(values.length, from);
                Elements.write(spec.dtype(), data, from, count, Arrays.copyOfRange(values, from, from + count));
            }
        } else {
            for (int i = 0; i < values.length; i++) {
                whole(spec.dtype(), data, i, (long) values[i]);
            }
        }
        return new NamedTensor(spec, data);
    }

    /** What counts of a client that nobody asks about. */
    public static Contribution weighing(long weight) {
        return new Contribution("client", weight, Map.of());
    }

    public static TensorSet set(NamedTensor... tensors) {
        return new TensorSet(List.of(tensors));
    }

    public static double[] values(NamedTensor tensor) {
        double[] values = new double[(int) tensor.spec().elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.at(i);
        }
        return values;
    }

    public static byte[] bytes(TensorSet set) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        set.tensors().forEach(tensor -> all.writeBytes(tensor.data().toArray(ValueLayout.JAVA_BYTE)));
        return all.toByteArray();
    }

    private static void whole(DType type, MemorySegment data, long i, long value) {
        switch (type.bytes()) {
            case 1 -> data.set(ValueLayout.JAVA_BYTE, i, (byte) value);
            case 2 -> data.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * i, (short) value);
            case 4 -> data.set(ValueLayout.JAVA_INT_UNALIGNED, 4 * i, (int) value);
            default -> data.set(ValueLayout.JAVA_LONG_UNALIGNED, 8 * i, value);
        }
    }
}
