package io.nsfl.modelformats.hdf5;

import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.file.MappedFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The bytes of a file behind checks: no read leaves the file, and all reads together stay within a budget. */
final class Hdf5Bytes {
    static final long UNDEFINED = -1;
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MappedFile file;
    private final ModelLimits limits;
    private long budget;

    Hdf5Bytes(MappedFile file, ModelLimits limits) {
        this.file = file;
        this.limits = limits;
        this.budget = limits.headerBytes();
    }

    ModelLimits limits() {
        return limits;
    }

    /** Requires that a region lies in the file, without taking from the budget. */
    void requireInside(long address, long size) {
        require(
                address >= 0 && size >= 0 && address <= file.size() - size,
                "it points to " + size + " bytes at " + address + ", outside the file");
    }

    int u8(long address) {
        spend(address, 1);
        return Byte.toUnsignedInt(file.bytes().get(ValueLayout.JAVA_BYTE, address));
    }

    int u16(long address) {
        spend(address, Short.BYTES);
        return Short.toUnsignedInt(file.bytes().get(SHORT, address));
    }

    long u32(long address) {
        spend(address, Integer.BYTES);
        return Integer.toUnsignedLong(file.bytes().get(INT, address));
    }

    long i64(long address) {
        spend(address, Long.BYTES);
        return file.bytes().get(LONG, address);
    }

    void requireSignature(long address, String signature) {
        for (int i = 0; i < signature.length(); i++) {
            require(u8(address + i) == signature.charAt(i), "there is no " + signature + " block at " + address);
        }
    }

    /** Text of at most {@code size} bytes, up to the first zero byte. */
    String text(long address, long size) {
        requireInside(address, size);
        long end = 0;
        while (end < size && file.bytes().get(ValueLayout.JAVA_BYTE, address + end) != 0) {
            end++;
        }
        spend(address, end);
        byte[] text = file.bytes().asSlice(address, end).toArray(ValueLayout.JAVA_BYTE);
        return new String(text, StandardCharsets.UTF_8);
    }

    void require(boolean condition, String otherwise) {
        if (!condition) {
            throw unreadable(otherwise);
        }
    }

    FaultException unreadable(String why) {
        return new FaultException(
                Fault.MODEL_UNREADABLE, file.path() + " is not an HDF5 file that can be read: " + why + ".");
    }

    FaultException hostile(String why) {
        return new FaultException(Fault.MODEL_HOSTILE, file.path() + " is refused: " + why + ".");
    }

    private void spend(long address, long size) {
        requireInside(address, size);
        budget -= size;
        require(budget >= 0, "its metadata has more than " + limits.headerBytes() + " bytes or runs in circles");
    }
}
