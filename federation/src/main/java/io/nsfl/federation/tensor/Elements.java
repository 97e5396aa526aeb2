package io.nsfl.federation.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Reads and writes runs of a tensor's elements as float64, whatever the element type is.
 *
 * <p>Work on tensors goes block by block through a small array that stays in the processor's cache: one loop per element type
 * here, one loop on {@code double[]} in each algorithm, both plain enough for the JIT to vectorize.
 *
 * <p>Reading is exact for every type but I64 and U64 beyond 2^53. Writing rounds once, to the nearest, ties to even; integer types
 * are not written (they are never the result of a floating computation).
 */
public final class Elements {
    /** Elements of one block: 32 KiB of float64. */
    public static final int BLOCK = 4096;

    private static final ValueLayout.OfDouble F64 =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    /** A float32 element at any address. */
    public static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfByte I8 = ValueLayout.JAVA_BYTE;

    private Elements() {}

    /** Number of elements of the block that starts at {@code from} in a tensor of {@code elements}. */
    public static int block(long elements, long from) {
        return (int) Math.min(BLOCK, elements - from);
    }

    /** Reads {@code count} elements from element {@code from} on into the start of {@code into}. */
    public static void read(DType type, MemorySegment data, long from, int count, double[] into) {
        long at = from * type.bytes();
        switch (type) {
            case F64 -> MemorySegment.copy(data, F64, at, into, 0, count);
            case F32 -> {
                for (int i = 0; i < count; i++) {
                    into[i] = data.get(F32, at + 4L * i);
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    into[i] = Float.float16ToFloat(data.get(I16, at + 2L * i));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    into[i] = Float.intBitsToFloat(data.get(I16, at + 2L * i) << 16);
                }
            }
            case I64, U64, I32, U32, I16, U16, I8, U8, BOOL -> {
                for (int i = 0; i < count; i++) {
                    into[i] = whole(type, data, from + i);
                }
            }
        }
    }

    /** Writes the first {@code count} of {@code values} from element {@code from} on. */
    public static void write(DType type, MemorySegment data, long from, int count, double[] values) {
        long at = from * type.bytes();
        switch (type) {
            case F64 -> MemorySegment.copy(values, 0, data, F64, at, count);
            case F32 -> {
                for (int i = 0; i < count; i++) {
                    data.set(F32, at + 4L * i, (float) values[i]);
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    data.set(I16, at + 2L * i, Float.floatToFloat16(roundedToOdd(values[i])));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    data.set(I16, at + 2L * i, toBfloat16(roundedToOdd(values[i])));
                }
            }
            case I64, U64, I32, U32, I16, U16, I8, U8, BOOL ->
                throw new IllegalArgumentException("Cannot write floating values into a tensor of " + type);
        }
    }

    /** The element as its 64-bit whole number; U64 beyond 2^63 - 1 appears negative. */
    public static long wholeBits(DType type, MemorySegment data, long element) {
        return switch (type) {
            case I64, U64 -> data.get(I64, element * 8);
            case I32 -> data.get(I32, element * 4);
            case U32 -> Integer.toUnsignedLong(data.get(I32, element * 4));
            case I16 -> data.get(I16, element * 2);
            case U16 -> Short.toUnsignedLong(data.get(I16, element * 2));
            case I8 -> data.get(I8, element);
            case U8, BOOL -> Byte.toUnsignedLong(data.get(I8, element));
            case F64, F32, F16, BF16 ->
                throw new IllegalArgumentException("Cannot read " + type + " as a whole number");
        };
    }

    /** float32 to bfloat16, to the nearest, ties to even; NaN stays NaN. */
    static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    private static double whole(DType type, MemorySegment data, long element) {
        long bits = wholeBits(type, data, element);
        if (type == DType.U64 && bits < 0) {
            return (bits >>> 1 | bits & 1) * 2.0;
        }
        return bits;
    }

    /** float64 to float32 by round-to-odd: what a second rounding to 16 bits needs in order to be right. */
    private static float roundedToOdd(double value) {
        float near = (float) value;
        if (near == value || Double.isNaN(value)) {
            return near;
        }
        int bits = Float.floatToRawIntBits(near);
        if (Math.abs((double) near) > Math.abs(value)) {
            bits--;
        }
        return Float.intBitsToFloat(bits | 1);
    }
}
