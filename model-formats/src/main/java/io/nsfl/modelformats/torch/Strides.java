package io.nsfl.modelformats.torch;

import java.lang.foreign.MemorySegment;

/** Copies between a tensor in row-major order and its elements scattered over a storage. */
final class Strides {
    private Strides() {}

    static void gather(TorchTensor tensor, MemorySegment storage, MemorySegment rowMajor) {
        walk(tensor, storage, rowMajor, true);
    }

    static void scatter(TorchTensor tensor, MemorySegment rowMajor, MemorySegment storage) {
        walk(tensor, storage, rowMajor, false);
    }

    /** Whether the storage holds these values. */
    static boolean matches(TorchTensor tensor, MemorySegment rowMajor, MemorySegment storage) {
        int element = tensor.spec().dtype().bytes();
        Cursor cursor = new Cursor(tensor);
        for (long at = 0; at < rowMajor.byteSize(); at += element) {
            long place = cursor.next() * element;
            if (MemorySegment.mismatch(rowMajor, at, at + element, storage, place, place + element) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static void walk(TorchTensor tensor, MemorySegment storage, MemorySegment rowMajor, boolean gather) {
        int element = tensor.spec().dtype().bytes();
        Cursor cursor = new Cursor(tensor);
        for (long at = 0; at < rowMajor.byteSize(); at += element) {
            long place = cursor.next() * element;
            if (gather) {
                MemorySegment.copy(storage, place, rowMajor, at, element);
            } else {
                MemorySegment.copy(rowMajor, at, storage, place, element);
            }
        }
    }

    /** Places of the elements in the storage, in row-major order. */
    private static final class Cursor {
        private final TorchTensor tensor;
        private final long[] index;
        private long place;

        Cursor(TorchTensor tensor) {
            this.tensor = tensor;
            this.index = new long[tensor.strides().size()];
            this.place = tensor.offset();
        }

        long next() {
            long current = place;
            for (int axis = index.length - 1; axis >= 0; axis--) {
                long stride = tensor.strides().get(axis);
                index[axis]++;
                place += stride;
                if (index[axis] < tensor.spec().shape().get(axis)) {
                    break;
                }
                place -= stride * index[axis];
                index[axis] = 0;
            }
            return current;
        }
    }
}
