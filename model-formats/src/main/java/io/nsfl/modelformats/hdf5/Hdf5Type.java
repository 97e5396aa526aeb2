package io.nsfl.modelformats.hdf5;

import io.nsfl.federation.tensor.DType;
import java.util.Optional;

/**
 * Type of the elements of an attribute or a dataset.
 *
 * @param element the tensor type that has this layout, if any
 * @param size bytes of one element
 */
record Hdf5Type(Kind kind, Optional<DType> element, long size) {
    enum Kind {
        NUMBER,
        TEXT,
        VARIABLE_TEXT,
        OPAQUE,
        OTHER
    }

    private static final int FIXED_POINT = 0;
    private static final int FLOATING_POINT = 1;
    private static final int STRING = 3;
    private static final int OPAQUE_CLASS = 5;
    private static final int ENUMERATION = 8;
    private static final int VARIABLE_LENGTH = 9;

    static Hdf5Type read(Hdf5Bytes bytes, long at) {
        int typeClass = bytes.u8(at) & 0x0f;
        int bits = bytes.u8(at + 1);
        long size = bytes.u32(at + 4);
        return switch (typeClass) {
            case FIXED_POINT -> new Hdf5Type(Kind.NUMBER, whole(bits, size), size);
            case FLOATING_POINT -> new Hdf5Type(Kind.NUMBER, floating(bytes, at, bits, size), size);
            case STRING -> new Hdf5Type(Kind.TEXT, Optional.empty(), size);
            // numpy has no bfloat16 of its own; h5py stores it as two bytes without a meaning.
            case OPAQUE_CLASS ->
                new Hdf5Type(Kind.OPAQUE, size == 2 ? Optional.of(DType.BF16) : Optional.empty(), size);
            case ENUMERATION -> new Hdf5Type(Kind.NUMBER, size == 1 ? Optional.of(DType.BOOL) : Optional.empty(), size);
            case VARIABLE_LENGTH ->
                new Hdf5Type((bits & 0x0f) == 1 ? Kind.VARIABLE_TEXT : Kind.OTHER, Optional.empty(), size);
            default -> new Hdf5Type(Kind.OTHER, Optional.empty(), size);
        };
    }

    private static Optional<DType> whole(int bits, long size) {
        if ((bits & 1) != 0) {
            return Optional.empty();
        }
        boolean signed = (bits & 8) != 0;
        return switch ((int) size) {
            case 1 -> Optional.of(signed ? DType.I8 : DType.U8);
            case 2 -> Optional.of(signed ? DType.I16 : DType.U16);
            case 4 -> Optional.of(signed ? DType.I32 : DType.U32);
            case 8 -> Optional.of(signed ? DType.I64 : DType.U64);
            default -> Optional.empty();
        };
    }

    private static Optional<DType> floating(Hdf5Bytes bytes, long at, int bits, long size) {
        if ((bits & 0x41) != 0) {
            return Optional.empty();
        }
        int exponent = bytes.u8(at + 13);
        int mantissa = bytes.u8(at + 15);
        for (Layout layout : Layout.values()) {
            if (layout.dtype.bytes() == size && layout.exponent == exponent && layout.mantissa == mantissa) {
                return Optional.of(layout.dtype);
            }
        }
        return Optional.empty();
    }

    private enum Layout {
        HALF(DType.F16, 5, 10),
        BRAIN(DType.BF16, 8, 7),
        SINGLE(DType.F32, 8, 23),
        DOUBLE(DType.F64, 11, 52);

        private final DType dtype;
        private final int exponent;
        private final int mantissa;

        Layout(DType dtype, int exponent, int mantissa) {
            this.dtype = dtype;
            this.exponent = exponent;
            this.mantissa = mantissa;
        }
    }
}
