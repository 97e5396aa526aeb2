package io.nsfl.modelformats.zip;

import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.file.MappedFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and checks the directory at the end of an archive, with 64-bit sizes where they are needed. */
final class ZipDirectory {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long END_SIGNATURE = 0x06054b50L;
    private static final long END64_SIGNATURE = 0x06064b50L;
    private static final long LOCATOR_SIGNATURE = 0x07064b50L;
    private static final long CENTRAL_SIGNATURE = 0x02014b50L;
    private static final long LOCAL_SIGNATURE = 0x04034b50L;
    private static final int END_SIZE = 22;
    private static final int LOCATOR_SIZE = 20;
    private static final int CENTRAL_SIZE = 46;
    private static final int LOCAL_SIZE = 30;
    private static final int MAX_COMMENT = 0xffff;
    private static final long IN_EXTRA = 0xffffffffL;
    private static final int EXTRA_SIZES = 1;
    private static final int FLAG_ENCRYPTED = 1;
    private static final int FLAG_TRAILER = 8;
    /** Weights seldom shrink below a tenth; equal ones may, up to this size. */
    private static final long MAX_RATIO = 100;

    private static final long ALWAYS_ALLOWED = 64L << 20;

    private final MappedFile file;
    private final ModelLimits limits;

    ZipDirectory(MappedFile file, ModelLimits limits) {
        this.file = file;
        this.limits = limits;
    }

    private record Extent(long count, long start, long size) {}

    Map<String, ZipEntryInfo> read() {
        Extent directory = extent();
        require(directory.count() <= 2L * limits.tensors(), "it has more than " + 2L * limits.tensors() + " entries");
        require(directory.size() <= limits.headerBytes(), "its directory is larger than allowed");
        requireInside(directory.start(), directory.size());
        Map<String, ZipEntryInfo> entries = new LinkedHashMap<>();
        long at = directory.start();
        long end = directory.start() + directory.size();
        for (long i = 0; i < directory.count(); i++) {
            require(end - at >= CENTRAL_SIZE, "its directory is cut off");
            ZipEntryInfo entry = entry(at);
            require(entries.put(entry.name(), entry) == null, "it has two entries named " + entry.name());
            at += CENTRAL_SIZE + u16(at + 28) + u16(at + 30) + u16(at + 32);
        }
        requireNoOverlap(entries.values().stream().toList(), directory.start());
        requireSaneSizes(entries.values().stream().toList());
        return entries;
    }

    private Extent extent() {
        for (long at = file.size() - END_SIZE; at >= 0 && at >= file.size() - END_SIZE - MAX_COMMENT; at--) {
            if (u32(at) == END_SIGNATURE && at + END_SIZE + u16(at + 20) == file.size()) {
                return at >= LOCATOR_SIZE && u32(at - LOCATOR_SIZE) == LOCATOR_SIGNATURE
                        ? extent64(i64(at - LOCATOR_SIZE + 8))
                        : new Extent(u16(at + 10), u32(at + 16), u32(at + 12));
            }
        }
        throw unreadable("it has no directory at its end; it may be cut off");
    }

    private Extent extent64(long at) {
        require(u32(at) == END64_SIGNATURE, "its directory's place is wrong");
        Extent extent = new Extent(i64(at + 32), i64(at + 48), i64(at + 40));
        require(extent.count() >= 0, "its directory has a negative size");
        return extent;
    }

    private ZipEntryInfo entry(long at) {
        require(u32(at) == CENTRAL_SIGNATURE, "its directory is damaged");
        int flags = u16(at + 8);
        int method = u16(at + 10);
        String name = name(at + CENTRAL_SIZE, u16(at + 28));
        require((flags & FLAG_ENCRYPTED) == 0, "its entry " + name + " is encrypted");
        require(
                method == ZipEntryInfo.STORED || method == ZipEntryInfo.DEFLATED,
                "its entry " + name + " is compressed in an unknown way");
        Extra extra = new Extra(at + CENTRAL_SIZE + u16(at + 28), u16(at + 30));
        long size = extra.orElse(u32(at + 24));
        long packed = extra.orElse(u32(at + 20));
        long local = extra.orElse(u32(at + 42));
        require(size >= 0 && packed >= 0, "its entry " + name + " has a negative size");
        require(method != ZipEntryInfo.STORED || size == packed, "its entry " + name + " has two sizes");
        requireInside(local, LOCAL_SIZE);
        require(u32(local) == LOCAL_SIGNATURE, "its entry " + name + " is not where the directory says");
        require(name(local + LOCAL_SIZE, u16(local + 26)).equals(name), "its entry " + name + " has two names");
        long data = local + LOCAL_SIZE + u16(local + 26) + u16(local + 28);
        requireInside(data, packed);
        boolean trailer = (u16(local + 6) & FLAG_TRAILER) != 0;
        return new ZipEntryInfo(name, method, trailer, u32(at + 16), packed, size, data, local, at);
    }

    /** The extra field with 64-bit values, of which only those are present whose place says so. */
    private final class Extra {
        private long next;
        private long end;

        Extra(long at, int size) {
            requireInside(at, size);
            for (long field = at; at + size - field >= 4; field += 4 + u16(field + 2)) {
                if (u16(field) == EXTRA_SIZES) {
                    next = field + 4;
                    end = Math.min(next + u16(field + 2), at + size);
                    return;
                }
            }
        }

        long orElse(long value) {
            if (value != IN_EXTRA) {
                return value;
            }
            require(end - next >= Long.BYTES, "an entry's 64-bit size is missing");
            next += Long.BYTES;
            return i64(next - Long.BYTES);
        }
    }

    private String name(long at, int length) {
        require(length > 0 && length <= limits.nameLength(), "an entry's name is empty or too long");
        requireInside(at, length);
        byte[] name = file.bytes().asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
        return new String(name, StandardCharsets.UTF_8);
    }

    private void requireNoOverlap(List<ZipEntryInfo> entries, long directory) {
        List<ZipEntryInfo> byPlace = new ArrayList<>(entries);
        byPlace.sort(Comparator.comparingLong(ZipEntryInfo::local));
        long end = 0;
        for (ZipEntryInfo entry : byPlace) {
            require(entry.local() >= end, "its entries lie on top of each other");
            end = entry.data() + entry.packed();
        }
        require(end <= directory, "its entries lie on top of its directory");
    }

    private void requireSaneSizes(List<ZipEntryInfo> entries) {
        long total = 0;
        for (ZipEntryInfo entry : entries) {
            require(
                    entry.size() <= limits.fileBytes() - total,
                    "it unpacks to more than " + limits.fileBytes() + " bytes");
            total += entry.size();
        }
        if (total > ALWAYS_ALLOWED && total / MAX_RATIO > file.size()) {
            throw new FaultException(
                    Fault.MODEL_HOSTILE,
                    file.path() + " is refused: its " + file.size() + " bytes unpack to " + total + " bytes.");
        }
    }

    private int u16(long at) {
        requireInside(at, Short.BYTES);
        return Short.toUnsignedInt(file.bytes().get(SHORT, at));
    }

    private long u32(long at) {
        requireInside(at, Integer.BYTES);
        return Integer.toUnsignedLong(file.bytes().get(INT, at));
    }

    private long i64(long at) {
        requireInside(at, Long.BYTES);
        return file.bytes().get(LONG, at);
    }

    private void requireInside(long at, long size) {
        require(
                at >= 0 && size >= 0 && at <= file.size() - size,
                "it points to " + size + " bytes at " + at + ", outside the file");
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw unreadable(otherwise);
        }
    }

    private FaultException unreadable(String why) {
        return new FaultException(
                Fault.MODEL_UNREADABLE, file.path() + " is not an archive that can be read: " + why + ".");
    }
}
