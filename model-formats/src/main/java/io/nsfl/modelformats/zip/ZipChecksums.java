package io.nsfl.modelformats.zip;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Checksums of entries whose bytes were replaced in place. */
public final class ZipChecksums {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int TRAILER_SIGNATURE = 0x08074b50;
    private static final int CENTRAL_CRC = 16;
    private static final int LOCAL_CRC = 14;

    private ZipChecksums() {}

    /** Writes the checksum of a stored entry's bytes to all places that have it. */
    public static void renew(MemorySegment archive, ZipEntryInfo entry) {
        int crc = (int) ZipArchive.crc(archive.asSlice(entry.data(), entry.packed()));
        archive.set(INT, entry.central() + CENTRAL_CRC, crc);
        if (entry.trailer()) {
            renewTrailer(archive, entry, crc);
        } else {
            archive.set(INT, entry.local() + LOCAL_CRC, crc);
        }
    }

    private static void renewTrailer(MemorySegment archive, ZipEntryInfo entry, int crc) {
        long at = entry.data() + entry.packed();
        boolean signed = at + 8 <= archive.byteSize() && archive.get(INT, at) == TRAILER_SIGNATURE;
        long place = signed ? at + Integer.BYTES : at;
        if (place + Integer.BYTES <= archive.byteSize() && archive.get(INT, place) == (int) entry.crc()) {
            archive.set(INT, place, crc);
        }
    }
}
