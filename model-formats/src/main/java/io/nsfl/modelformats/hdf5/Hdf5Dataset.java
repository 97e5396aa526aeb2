package io.nsfl.modelformats.hdf5;

import io.nsfl.federation.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * An array that lies in one piece in the file.
 *
 * @param element type of its elements; empty when it is none of a tensor (text, big-endian, complex)
 * @param elementSize bytes of one element
 * @param offset of the first element in the file; 0 when there are no elements
 */
public record Hdf5Dataset(Optional<DType> element, long elementSize, List<Long> shape, long offset) {
    private static final int COMPACT = 0;
    private static final int CONTIGUOUS = 1;

    static Hdf5Dataset read(Hdf5Bytes bytes, ObjectHeader header, String path) {
        if (header.find(ObjectHeader.EXTERNAL_FILES).isPresent()) {
            throw bytes.hostile("dataset \"" + path + "\" keeps its values in another file");
        }
        Hdf5Type type = Hdf5Type.read(bytes, required(bytes, header, ObjectHeader.DATATYPE, path));
        Hdf5Space space = Hdf5Space.read(bytes, required(bytes, header, ObjectHeader.DATASPACE, path));
        long elements = space.elements(bytes);
        bytes.require(
                type.size() >= 0
                        && (elements == 0 || type.size() <= bytes.limits().fileBytes() / elements),
                "dataset \"" + path + "\" has a shape too large for any file");
        long size = elements * type.size();
        long offset = size == 0 ? 0 : place(bytes, required(bytes, header, ObjectHeader.LAYOUT, path), size, path);
        return new Hdf5Dataset(type.element(), type.size(), space.shape(), offset);
    }

    private static long place(Hdf5Bytes bytes, long layout, long size, String path) {
        int version = bytes.u8(layout);
        bytes.require(version == 3 || version == 4, "dataset \"" + path + "\" has a layout of version " + version);
        long offset = switch (bytes.u8(layout + 1)) {
            case COMPACT -> {
                bytes.require(bytes.u16(layout + 2) >= size, "dataset \"" + path + "\" is shorter than its shape");
                yield layout + 4;
            }
            case CONTIGUOUS -> {
                bytes.require(bytes.i64(layout + 2) != Hdf5Bytes.UNDEFINED, "dataset \"" + path + "\" has no values");
                bytes.require(bytes.i64(layout + 10) >= size, "dataset \"" + path + "\" is shorter than its shape");
                yield bytes.i64(layout + 2);
            }
            default ->
                throw bytes.unreadable("dataset \"" + path
                        + "\" is stored in chunks or compressed; save the model without compression");
        };
        bytes.requireInside(offset, size);
        return offset;
    }

    private static long required(Hdf5Bytes bytes, ObjectHeader header, int type, String path) {
        return header.find(type)
                .orElseThrow(() -> bytes.unreadable("\"" + path + "\" is not a dataset with type, shape and layout"))
                .at();
    }
}
