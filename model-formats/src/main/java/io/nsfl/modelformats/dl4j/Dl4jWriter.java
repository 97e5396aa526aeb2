package io.nsfl.modelformats.dl4j;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.modelformats.file.TargetFile;
import io.nsfl.modelformats.zip.ZipArchive;
import io.nsfl.modelformats.zip.ZipEntryInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes a DL4J archive anew with other parameters. */
final class Dl4jWriter {
    private static final LocalDateTime FIXED_TIME = LocalDateTime.of(2000, 1, 1, 0, 0);
    private static final int SLICE = 1 << 20;

    private final List<NamedTensor> values;
    private final MemorySegment prefix;

    private Dl4jWriter(MemorySegment prefix, List<NamedTensor> values) {
        this.prefix = prefix;
        this.values = values;
    }

    static void write(
            TargetFile copy,
            Path target,
            ZipArchive template,
            ZipEntryInfo coefficients,
            MemorySegment prefix,
            List<NamedTensor> values) {
        Dl4jWriter writer = new Dl4jWriter(prefix, values);
        try {
            ZipOutputStream zip = new ZipOutputStream(Channels.newOutputStream(copy.channel()));
            for (ZipEntryInfo entry : template.entries()) {
                if (entry.equals(coefficients)) {
                    writer.writeCoefficients(zip, coefficients);
                } else {
                    ZipEntry same = new ZipEntry(entry.name());
                    same.setTimeLocal(FIXED_TIME);
                    zip.putNextEntry(same);
                    copy(template, entry, zip);
                    zip.closeEntry();
                }
            }
            zip.finish();
        } catch (IOException failed) {
            throw TargetFile.unwritable(target, failed);
        }
    }

    private void writeCoefficients(ZipOutputStream zip, ZipEntryInfo entry) throws IOException {
        CRC32 crc = new CRC32();
        writeVector(new CheckedOutputStream(OutputStream.nullOutputStream(), crc));
        ZipEntry stored = new ZipEntry(entry.name());
        stored.setTimeLocal(FIXED_TIME);
        stored.setMethod(ZipEntry.STORED);
        stored.setSize(entry.size());
        stored.setCrc(crc.getValue());
        zip.putNextEntry(stored);
        writeVector(zip);
        zip.closeEntry();
    }

    private void writeVector(OutputStream out) throws IOException {
        out.write(prefix.toArray(ValueLayout.JAVA_BYTE));
        byte[] slice = new byte[SLICE];
        for (NamedTensor tensor : values) {
            MemorySegment data = tensor.data();
            for (long at = 0; at < data.byteSize(); at += SLICE) {
                MemorySegment part = data.asSlice(at, Math.min(SLICE, data.byteSize() - at));
                Coefficients.swap(tensor.spec().dtype(), part, MemorySegment.ofArray(slice));
                out.write(slice, 0, (int) part.byteSize());
            }
        }
    }

    /** Copies the unpacked bytes, and of a damaged archive no more than its directory says. */
    private static void copy(ZipArchive template, ZipEntryInfo entry, OutputStream out) throws IOException {
        byte[] slice = new byte[SLICE];
        try (InputStream in = template.stream(entry)) {
            long left = entry.size();
            int count = in.read(slice, 0, (int) Math.min(SLICE, left));
            while (count > 0) {
                out.write(slice, 0, count);
                left -= count;
                count = in.read(slice, 0, (int) Math.min(SLICE, left));
            }
        }
    }
}
