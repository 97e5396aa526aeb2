package io.nsfl.modelformats.delta;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Elements of a block as marks, one bit for each, of those that differ, and byte planes of the differences of these; and back. The bits of an element are read as a little-endian integer; the
 * difference to the older one wraps around, so that it is exact for every type and every value, and is folded
 * ({@code 0, -1, 1, -2, ...} to {@code 0, 1, 2, 3, ...}), so that a small change of either sign leaves the upper planes zero. Bits of
 * floating numbers of one sign are ordered like the numbers: what training changes a little differs little.
 */
final class Differences {
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Differences() {}

    /** Bytes that the marks of so many elements take. */
    static int marks(int count) {
        return Math.ceilDiv(count, Byte.SIZE);
    }

    /**
     * @param newer elements
     * @param older as many; zeros where there are none
     * @param count of elements
     * @param marks takes a bit for each element, the lowest of a byte first: whether the two differ
     * @param planes one for each byte of an element, the lowest first; each takes a byte for each element that differs
     * @return how many differ
     */
    static int split(byte[] newer, byte[] older, int width, int count, byte[] marks, byte[][] planes) {
        Arrays.fill(marks, 0, marks(count), (byte) 0);
        int differing = 0;
        for (int i = 0; i < count; i++) {
            long difference = narrow(read(newer, i * width, width) - read(older, i * width, width), width);
            if (difference != 0) {
                marks[i / Byte.SIZE] |= (byte) (1 << (i % Byte.SIZE));
                long folded = (difference << 1) ^ (difference >> 63);
                for (int plane = 0; plane < width; plane++) {
                    planes[plane][differing] = (byte) (folded >>> (Byte.SIZE * plane));
                }
                differing++;
            }
        }
        return differing;
    }

    /** How many of the elements are marked. */
    static int marked(byte[] marks, int count) {
        int marked = 0;
        for (int i = 0; i < marks(count); i++) {
            marked += Integer.bitCount(marks[i] & 0xFF);
        }
        return marked;
    }

    /** The inverse of {@link #split}. @param elements holds the older ones, and the newer ones afterwards */
    static void join(byte[] marks, byte[][] planes, int width, int count, byte[] elements) {
        int differing = 0;
        for (int i = 0; i < count; i++) {
            if ((marks[i / Byte.SIZE] & 1 << (i % Byte.SIZE)) != 0) {
                long folded = 0;
                for (int plane = 0; plane < width; plane++) {
                    folded |= (planes[plane][differing] & 0xFFL) << (Byte.SIZE * plane);
                }
                long difference = (folded >>> 1) ^ -(folded & 1);
                write(elements, i * width, width, read(elements, i * width, width) + difference);
                differing++;
            }
        }
    }

    /** The value of its lowest bytes, with their sign. */
    private static long narrow(long value, int width) {
        int unused = Long.SIZE - Byte.SIZE * width;
        return value << unused >> unused;
    }

    private static long read(byte[] bytes, int at, int width) {
        return switch (width) {
            case Byte.BYTES -> bytes[at];
            case Short.BYTES -> (short) SHORTS.get(bytes, at);
            case Integer.BYTES -> (int) INTS.get(bytes, at);
            case Long.BYTES -> (long) LONGS.get(bytes, at);
            default -> throw new IllegalArgumentException("No element has " + width + " bytes");
        };
    }

    private static void write(byte[] bytes, int at, int width, long value) {
        switch (width) {
            case Byte.BYTES -> bytes[at] = (byte) value;
            case Short.BYTES -> SHORTS.set(bytes, at, (short) value);
            case Integer.BYTES -> INTS.set(bytes, at, (int) value);
            case Long.BYTES -> LONGS.set(bytes, at, value);
            default -> throw new IllegalArgumentException("No element has " + width + " bytes");
        }
    }
}
