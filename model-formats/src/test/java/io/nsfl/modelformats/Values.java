package io.nsfl.modelformats;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Makes and compares tensors. */
public final class Values {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Values() {}

    /** The same tensors with other values; every bit pattern stays a number that is not NaN. */
    public static TensorSet changed(TensorSet tensors) {
        List<NamedTensor> changed = new ArrayList<>();
        for (NamedTensor tensor : tensors.tensors()) {
            TensorSpec spec = tensor.spec();
            MemorySegment data =
                    Arena.ofAuto().allocate(Math.max(1, spec.bytes())).asSlice(0, spec.bytes());
            data.copyFrom(tensor.data());
            for (long at = 0; at < spec.bytes(); at += spec.dtype().bytes()) {
                // The lowest bit of the first element's byte: another number of about the same size, and another truth.
                data.set(ValueLayout.JAVA_BYTE, at, (byte) (data.get(ValueLayout.JAVA_BYTE, at) ^ 1));
            }
            changed.add(new NamedTensor(spec, data));
        }
        return new TensorSet(changed);
    }

    /** The same values under the names 0000, 0001, … */
    public static TensorSet numbered(TensorSet tensors) {
        List<NamedTensor> numbered = new ArrayList<>();
        for (NamedTensor tensor : tensors.tensors()) {
            TensorSpec spec = tensor.spec();
            String name = "%04d".formatted(numbered.size());
            numbered.add(new NamedTensor(new TensorSpec(name, spec.dtype(), spec.shape(), spec.kind()), tensor.data()));
        }
        return new TensorSet(numbered);
    }

    public static TensorSet floats(String name, float... values) {
        MemorySegment data =
                Arena.ofAuto().allocate(Math.max(1, 4L * values.length)).asSlice(0, 4L * values.length);
        for (int i = 0; i < values.length; i++) {
            data.set(FLOAT, 4L * i, values[i]);
        }
        TensorSpec spec = new TensorSpec(name, DType.F32, List.of((long) values.length), TensorKind.TRAINABLE);
        return new TensorSet(List.of(new NamedTensor(spec, data)));
    }

    public static float[] floats(NamedTensor tensor) {
        float[] values = new float[(int) tensor.spec().elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.data().get(FLOAT, 4L * i);
        }
        return values;
    }

    /** Asserts that a model has the tensors of a reference file, in its order by number or by name. */
    public static void assertSame(TensorSet actual, Path reference, Function<TensorSet, TensorSet> naming) {
        try (SafetensorsFile expected = SafetensorsFile.open(reference)) {
            TensorSet named = naming.apply(actual);
            assertThat(named.tensors()).hasSameSizeAs(expected.tensors().tensors());
            for (NamedTensor tensor : named.tensors()) {
                assertSame(tensor, expected.tensors().find(tensor.spec().name()).orElseThrow(), reference);
            }
        }
    }

    public static void assertSame(TensorSet actual, TensorSet expected) {
        assertThat(actual.specs()).isEqualTo(expected.specs());
        for (int i = 0; i < actual.tensors().size(); i++) {
            assertThat(actual.tensors()
                            .get(i)
                            .data()
                            .mismatch(expected.tensors().get(i).data()))
                    .as(actual.specs().get(i).name())
                    .isEqualTo(-1);
        }
    }

    private static void assertSame(NamedTensor actual, NamedTensor expected, Path reference) {
        String subject = reference.getFileName() + " " + actual.spec().name();
        assertThat(actual.spec().dtype()).as(subject).isEqualTo(expected.spec().dtype());
        assertThat(actual.spec().shape()).as(subject).isEqualTo(expected.spec().shape());
        assertThat(actual.data().mismatch(expected.data())).as(subject).isEqualTo(-1);
    }
}
