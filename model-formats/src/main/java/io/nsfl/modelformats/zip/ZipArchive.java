package io.nsfl.modelformats.zip;

import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.file.MappedFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** An archive in a mapped file, which the caller closes. */
public final class ZipArchive {
    private static final long SLICE = 1L << 20;
    private static final int BUFFER = 1 << 16;

    private final MappedFile file;
    private final Map<String, ZipEntryInfo> entries;

    private ZipArchive(MappedFile file, Map<String, ZipEntryInfo> entries) {
        this.file = file;
        this.entries = entries;
    }

    /**
     * Reads the directory: names are unique, every entry lies in the file and none on another, and the sum of unpacked sizes is
     * within the limits and within a sane multiple of the file.
     *
     * @throws FaultException MODEL_UNREADABLE when the archive is damaged or beyond the limits, MODEL_HOSTILE when it unpacks to
     *     far more than it holds
     */
    public static ZipArchive open(MappedFile file, ModelLimits limits) {
        return new ZipArchive(file, new ZipDirectory(file, limits).read());
    }

    /** The entries in the order of the directory. */
    public Collection<ZipEntryInfo> entries() {
        return entries.values();
    }

    public Optional<ZipEntryInfo> find(String name) {
        return Optional.ofNullable(entries.get(name));
    }

    /**
     * The unpacked bytes: a view of the file where the entry is stored, else a copy that lives as long as the file is open.
     *
     * @throws FaultException MODEL_UNREADABLE when they are more or fewer than the directory says, or the checksum is another
     */
    public MemorySegment read(ZipEntryInfo entry) {
        MemorySegment packed = file.bytes().asSlice(entry.data(), entry.packed());
        MemorySegment bytes = entry.stored() ? packed : inflate(entry, packed);
        if (crc(bytes) != entry.crc()) {
            throw damaged(entry);
        }
        return bytes;
    }

    /** The unpacked bytes as a stream, which may hold more than the directory says if the archive is damaged. */
    public InputStream stream(ZipEntryInfo entry) {
        InputStream packed = new SegmentInputStream(file.bytes().asSlice(entry.data(), entry.packed()));
        return entry.stored() ? packed : new InflaterInputStream(packed, new Inflater(true), BUFFER);
    }

    /**
     * The first unpacked bytes, at most {@code length}.
     *
     * @throws FaultException MODEL_UNREADABLE when they do not unpack
     */
    public byte[] head(ZipEntryInfo entry, int length) {
        try (InputStream in = stream(entry)) {
            return in.readNBytes(length);
        } catch (IOException broken) {
            throw damaged(entry);
        }
    }

    /** The checksum that zip archives use. */
    public static long crc(MemorySegment bytes) {
        CRC32 crc = new CRC32();
        for (long at = 0; at < bytes.byteSize(); at += SLICE) {
            crc.update(bytes.asSlice(at, Math.min(SLICE, bytes.byteSize() - at)).asByteBuffer());
        }
        return crc.getValue();
    }

    private MemorySegment inflate(ZipEntryInfo entry, MemorySegment packed) {
        MemorySegment bytes = file.allocate(entry.size(), Long.BYTES);
        Inflater inflater = new Inflater(true);
        try {
            long in = 0;
            long out = 0;
            while (!inflater.finished()) {
                if (inflater.needsInput()) {
                    long length = Math.min(SLICE, packed.byteSize() - in);
                    inflater.setInput(packed.asSlice(in, length).asByteBuffer());
                    in += length;
                }
                ByteBuffer target =
                        bytes.asSlice(out, Math.min(SLICE, entry.size() - out)).asByteBuffer();
                int written = inflater.inflate(target);
                out += written;
                boolean stuck = written == 0 && (!inflater.needsInput() || in == packed.byteSize());
                if (stuck && !inflater.finished()) {
                    throw damaged(entry);
                }
            }
            if (out != entry.size()) {
                throw damaged(entry);
            }
            return bytes;
        } catch (DataFormatException broken) {
            throw damaged(entry);
        } finally {
            inflater.end();
        }
    }

    private FaultException damaged(ZipEntryInfo entry) {
        return new FaultException(
                Fault.MODEL_UNREADABLE, file.path() + " is damaged: its entry " + entry.name() + " does not unpack.");
    }
}
