package io.nsfl.modelformats.hdf5;

import java.util.ArrayList;
import java.util.List;

/** Sizes by axis of an attribute or a dataset. */
record Hdf5Space(List<Long> shape) {
    private static final int MAX_AXES = 32;

    static Hdf5Space read(Hdf5Bytes bytes, long at) {
        int version = bytes.u8(at);
        bytes.require(version == 1 || version == 2, "a shape has the unknown version " + version);
        int rank = bytes.u8(at + 1);
        bytes.require(rank <= MAX_AXES, "a shape has " + rank + " axes");
        if (version == 2 && bytes.u8(at + 3) == 2) {
            return new Hdf5Space(List.of(0L));
        }
        long sizes = at + (version == 1 ? 8 : 4);
        List<Long> shape = new ArrayList<>(rank);
        for (int axis = 0; axis < rank; axis++) {
            long size = bytes.i64(sizes + 8L * axis);
            bytes.require(size >= 0, "a shape has a negative size");
            shape.add(size);
        }
        return new Hdf5Space(List.copyOf(shape));
    }

    long elements(Hdf5Bytes bytes) {
        long elements = 1;
        for (long size : shape) {
            bytes.require(size == 0 || elements <= Long.MAX_VALUE / 16 / size, "a shape is too large for any file");
            elements *= size;
        }
        return elements;
    }
}
