package io.nsfl.federation.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.federation.Tensors;
import io.nsfl.federation.Vectors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class ElementsTest {
    private final Vectors half = new Vectors("half_bits");

    @Test
    void roundsToHalfPrecisionLikeThePublishedBits() {
        assertThat(hex(DType.F16)).containsExactly(half.words("fp16_hex"));
    }

    @Test
    void roundsToBfloat16LikeThePublishedBits() {
        assertThat(hex(DType.BF16)).containsExactly(half.words("bf16_hex"));
    }

    @Property
    void roundsFloat64To16BitsOnce(@ForAll @DoubleRange(min = -60000, max = 60000) double value) {
        for (DType type : new DType[] {DType.F16, DType.BF16}) {
            MemorySegment data = MemorySegment.ofArray(new byte[2]);
            Elements.write(type, data, 0, 1, new double[] {value});
            short bits = data.get(ValueLayout.JAVA_SHORT_UNALIGNED, 0);
            BigDecimal error = distance(type, bits, value);
            assertThat(error).isLessThanOrEqualTo(distance(type, (short) (bits + 1), value));
            if ((bits & 0x7FFF) != 0) {
                assertThat(error).isLessThanOrEqualTo(distance(type, (short) (bits - 1), value));
            }
        }
    }

    @Test
    void readsEveryIntegerTypeWithItsSign() {
        byte[] ones = {-1, -1, -1, -1, -1, -1, -1, -1};
        MemorySegment data = MemorySegment.ofArray(ones);
        double[] into = new double[1];
        Elements.read(DType.U8, data, 0, 1, into);
        assertThat(into[0]).isEqualTo(255);
        Elements.read(DType.I8, data, 0, 1, into);
        assertThat(into[0]).isEqualTo(-1);
        Elements.read(DType.U16, data, 0, 1, into);
        assertThat(into[0]).isEqualTo(65535);
        Elements.read(DType.I16, data, 0, 1, into);
        assertThat(into[0]).isEqualTo(-1);
        Elements.read(DType.U32, data, 0, 1, into);
        assertThat(into[0]).isEqualTo(4294967295.0);
        Elements.read(DType.I32, data, 0, 1, into);
        assertThat(into[0]).isEqualTo(-1);
        Elements.read(DType.U64, data, 0, 1, into);
        assertThat(into[0]).isEqualTo(0x1p64);
        Elements.read(DType.I64, data, 0, 1, into);
        assertThat(into[0]).isEqualTo(-1);
    }

    @Test
    void refusesToWriteFloatingValuesIntoIntegers() {
        MemorySegment data = MemorySegment.ofArray(new byte[8]);
        assertThatThrownBy(() -> Elements.write(DType.I64, data, 0, 1, new double[1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsTensorsThatAreNotAligned() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment odd = arena.allocate(9).asSlice(1, 8);
            odd.set(Elements.F32, 4, 2.5f);
            NamedTensor tensor = new NamedTensor(Tensors.spec("w", DType.F32, TensorKind.TRAINABLE, 2), odd);
            assertThat(tensor.at(1)).isEqualTo(2.5);
            assertThat(tensor.largestMagnitude()).isEqualTo(2.5);
        }
    }

    @Test
    void seesNotANumberAndInfinityInEveryFloatingType() {
        for (DType type : new DType[] {DType.F64, DType.F32, DType.F16, DType.BF16}) {
            TensorSpec spec = Tensors.spec("w", type, TensorKind.TRAINABLE, 5);
            assertThat(Tensors.of(spec, 1, 2, 3, 4, -5).finite()).isTrue();
            assertThat(Tensors.of(spec, 1, 2, Double.NaN, 4, 5).largestMagnitude())
                    .isNaN();
            assertThat(Tensors.of(spec, 1, 2, 3, 4, Double.NEGATIVE_INFINITY).largestMagnitude())
                    .isEqualTo(Double.POSITIVE_INFINITY);
        }
    }

    private String[] hex(DType type) {
        double[] values = half.numbers("f32");
        MemorySegment data = MemorySegment.ofArray(new byte[2 * values.length]);
        Elements.write(type, data, 0, values.length, values);
        String[] hex = new String[values.length];
        for (int i = 0; i < hex.length; i++) {
            hex[i] = String.format("%04x", data.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i));
        }
        return hex;
    }

    private static BigDecimal distance(DType type, short bits, double value) {
        float near = type == DType.F16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
        return new BigDecimal(near).subtract(new BigDecimal(value)).abs();
    }
}
