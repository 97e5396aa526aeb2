package io.nsfl.modelformats.dl4j;

import io.nsfl.federation.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * Layout of {@code coefficients.bin}: a buffer with ND4J's shape information, then a buffer with the values, big-endian. Each
 * buffer begins with its storage mode, its length and its type as Java's DataOutputStream writes them.
 *
 * @param values place of the first value
 * @param elements number of values
 */
record Coefficients(DType dtype, long values, long elements) {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt LITTLE_INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LITTLE_LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final Set<String> MODES = Set.of("MIXED_DATA_TYPES", "LONG_SHAPE");
    private static final int MAX_TEXT = 64;
    private static final int MAX_SHAPE_INFORMATION = 70;

    /** Empty when the bytes are laid out in another way. */
    static Optional<Coefficients> read(MemorySegment bytes) {
        Cursor cursor = new Cursor(bytes);
        boolean modeKnown = MODES.contains(cursor.text());
        long shapeLength = cursor.whole();
        boolean shapeKnown = cursor.text().equals("LONG") && shapeLength >= 0 && shapeLength <= MAX_SHAPE_INFORMATION;
        if (!modeKnown || !shapeKnown) {
            return Optional.empty();
        }
        cursor.skip(shapeLength * Long.BYTES);
        boolean valuesKnown = MODES.contains(cursor.text());
        long elements = cursor.whole();
        Optional<DType> dtype = dtype(cursor.text());
        return dtype.filter(type -> valuesKnown
                        && elements >= 0
                        && elements <= bytes.byteSize()
                        && cursor.at + elements * type.bytes() == bytes.byteSize())
                .map(type -> new Coefficients(type, cursor.at, elements));
    }

    /** Copies values and turns the order of their bytes, in either direction; source and target may be the same memory. */
    static void swap(DType dtype, MemorySegment source, MemorySegment target) {
        long size = source.byteSize();
        if (dtype.bytes() == Long.BYTES) {
            for (long at = 0; at < size; at += Long.BYTES) {
                target.set(LITTLE_LONG, at, source.get(LONG, at));
            }
        } else {
            for (long at = 0; at < size; at += Integer.BYTES) {
                target.set(LITTLE_INT, at, source.get(INT, at));
            }
        }
    }

    private static Optional<DType> dtype(String name) {
        return switch (name) {
            case "FLOAT" -> Optional.of(DType.F32);
            case "DOUBLE" -> Optional.of(DType.F64);
            default -> Optional.empty();
        };
    }

    /** Reads on; past the end it gives empty text and -1. */
    private static final class Cursor {
        private final MemorySegment bytes;
        private long at;

        Cursor(MemorySegment bytes) {
            this.bytes = bytes;
        }

        String text() {
            if (bytes.byteSize() - at < Short.BYTES) {
                return "";
            }
            int length = Short.toUnsignedInt(bytes.get(SHORT, at));
            at += Short.BYTES;
            if (length > MAX_TEXT || length > bytes.byteSize() - at) {
                return "";
            }
            byte[] text = bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
            at += length;
            return new String(text, StandardCharsets.US_ASCII);
        }

        long whole() {
            if (bytes.byteSize() - at < Long.BYTES) {
                return -1;
            }
            at += Long.BYTES;
            return bytes.get(LONG, at - Long.BYTES);
        }

        void skip(long count) {
            at = Math.min(bytes.byteSize(), at + count);
        }
    }
}
