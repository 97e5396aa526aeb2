package io.nsfl.modelformats.torch;

import io.nsfl.modelformats.file.MappedFile;
import io.nsfl.modelformats.zip.ZipArchive;
import io.nsfl.modelformats.zip.ZipChecksums;
import io.nsfl.modelformats.zip.ZipEntryInfo;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** The storages of a PyTorch archive: entries {@code data/<key>} that hold raw values. */
final class TorchStorages {
    private static final int BYTE_ORDER_LENGTH = 16;

    private final MappedFile file;
    private final ZipArchive archive;
    private final String prefix;

    TorchStorages(MappedFile file, ZipArchive archive, String prefix) {
        this.file = file;
        this.archive = archive;
        this.prefix = prefix;
    }

    void requireLittleEndian() {
        archive.find(prefix + "byteorder").ifPresent(entry -> {
            MemorySegment bytes = stored(entry);
            String order = new String(
                    bytes.asSlice(0, Math.min(BYTE_ORDER_LENGTH, bytes.byteSize()))
                            .toArray(ValueLayout.JAVA_BYTE),
                    StandardCharsets.US_ASCII);
            if (!order.equals("little")) {
                throw unreadable("its values are big-endian");
            }
        });
    }

    /** The storage of a tensor; nothing for a tensor without elements. */
    MemorySegment of(TorchTensor tensor) {
        return in(file.bytes(), tensor);
    }

    /** The storage of a tensor in a copy of the file. */
    MemorySegment in(MemorySegment bytes, TorchTensor tensor) {
        if (tensor.spec().bytes() == 0) {
            return MemorySegment.NULL;
        }
        ZipEntryInfo entry = entry(tensor.storage());
        stored(entry);
        if (entry.size() < tensor.storageBytes()) {
            throw unreadable("its storage " + tensor.storage() + " has " + entry.size() + " bytes and not "
                    + tensor.storageBytes());
        }
        return bytes.asSlice(entry.data(), tensor.storageBytes());
    }

    /** The bytes of an entry that is not compressed; {@code torch.save} never compresses, so that files can be mapped. */
    MemorySegment stored(ZipEntryInfo entry) {
        if (!entry.stored()) {
            throw unreadable("its entry " + entry.name() + " is compressed, which torch.save never does");
        }
        return file.bytes().asSlice(entry.data(), entry.size());
    }

    void renewChecksums(MemorySegment copy, Set<String> keys) {
        for (String key : keys) {
            archive.find(prefix + "data/" + key).ifPresent(entry -> ZipChecksums.renew(copy, entry));
        }
    }

    private ZipEntryInfo entry(String key) {
        return archive.find(prefix + "data/" + key)
                .orElseThrow(() ->
                        unreadable("its storage " + (key.length() > 80 ? key.substring(0, 80) : key) + " is missing"));
    }

    private FaultException unreadable(String why) {
        return new FaultException(
                Fault.MODEL_UNREADABLE, file.path() + " is not a PyTorch file that can be read: " + why + ".");
    }
}
