package io.nsfl.modelformats.safetensors;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.file.MappedFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file, mapped. The tensors keep the order of the header; they can be read by any thread, unless the file was
 * opened for one, and are gone after {@link #close}.
 */
public final class SafetensorsFile implements AutoCloseable {
    private final MappedFile file;
    private final SafetensorsHeader header;
    private final TensorSet tensors;

    private SafetensorsFile(MappedFile file, SafetensorsHeader header) {
        this.file = file;
        this.header = header;
        List<NamedTensor> views = header.entries().stream()
                .map(entry -> new NamedTensor(entry.spec(), view(file, entry)))
                .toList();
        this.tensors = new TensorSet(views);
    }

    /** Opens a whole file within {@link ModelLimits#defaults}. */
    public static SafetensorsFile open(Path path) {
        return open(path, ModelLimits.defaults());
    }

    /**
     * @throws io.nsfl.protocol.fault.FaultException MODEL_NOT_FOUND, or MODEL_UNREADABLE when the file is damaged or beyond the
     *     limits
     */
    public static SafetensorsFile open(Path path, ModelLimits limits) {
        return open(MappedFile.open(path, limits.fileBytes()), limits);
    }

    /** The same for the calling thread alone, which costs less where a file is opened for a look and closed again. */
    public static SafetensorsFile openForThisThread(Path path, ModelLimits limits) {
        return open(MappedFile.openForThisThread(path, limits.fileBytes()), limits);
    }

    /** Opens the safetensors file that lies within another file, from {@code offset} on {@code length} bytes. */
    public static SafetensorsFile open(Path path, long offset, long length) {
        ModelLimits limits = ModelLimits.defaults();
        return open(MappedFile.open(path, offset, length, limits.fileBytes()), limits);
    }

    /** Takes over the mapped file; it is closed with this one, and at once when it cannot be read. */
    public static SafetensorsFile open(MappedFile file, ModelLimits limits) {
        try {
            return new SafetensorsFile(file, SafetensorsHeader.read(file, limits));
        } catch (RuntimeException refused) {
            file.close();
            throw refused;
        }
    }

    public TensorSet tensors() {
        return tensors;
    }

    /** The file's own metadata, by key. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /** Where the values of a tensor lie, in bytes from the start of the mapped region. */
    public long offset(int index) {
        return header.entries().get(index).offset();
    }

    /** Where the values begin, in bytes from the start of the mapped region: behind the header. */
    public long dataStart() {
        return header.dataStart();
    }

    /** The whole mapped region. */
    public MemorySegment bytes() {
        return file.bytes();
    }

    MappedFile file() {
        return file;
    }

    @Override
    public void close() {
        file.close();
    }

    private static MemorySegment view(MappedFile file, SafetensorsHeader.Entry entry) {
        return file.bytes().asSlice(entry.offset(), entry.spec().bytes());
    }
}
