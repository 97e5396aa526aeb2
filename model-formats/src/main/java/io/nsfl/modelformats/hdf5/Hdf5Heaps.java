package io.nsfl.modelformats.hdf5;

import java.util.HashMap;
import java.util.Map;

/** Text that lies in heaps: names of links and strings of varying length. */
final class Hdf5Heaps {
    private static final int COLLECTION_PREFIX = 16;
    private static final int OBJECT_PREFIX = 16;

    private final Hdf5Bytes bytes;
    private final Map<Long, Map<Integer, Place>> collections = new HashMap<>();

    private record Place(long at, long size) {}

    Hdf5Heaps(Hdf5Bytes bytes) {
        this.bytes = bytes;
    }

    Hdf5Bytes bytes() {
        return bytes;
    }

    /** A link's name in the local heap at {@code heap}. */
    String name(long heap, long offset) {
        bytes.requireSignature(heap, "HEAP");
        long size = bytes.i64(heap + 8);
        long data = bytes.i64(heap + 24);
        bytes.requireInside(data, size);
        bytes.require(offset >= 0 && offset < size, "a link's name lies outside its heap");
        return bytes.text(data + offset, Math.min(size - offset, bytes.limits().nameLength() + 1L));
    }

    /** A string of varying length, by the 16 bytes that refer to it. */
    String string(long reference) {
        long length = bytes.u32(reference);
        if (length == 0) {
            return "";
        }
        long address = bytes.i64(reference + 4);
        int index = (int) bytes.u32(reference + 12);
        Place place = collections.computeIfAbsent(address, this::collection).get(index);
        bytes.require(place != null && length <= place.size(), "a string lies outside its heap");
        return bytes.text(place.at(), length);
    }

    private Map<Integer, Place> collection(long address) {
        bytes.requireSignature(address, "GCOL");
        long size = bytes.i64(address + 8);
        bytes.requireInside(address, size);
        Map<Integer, Place> objects = new HashMap<>();
        long at = address + COLLECTION_PREFIX;
        long end = address + size;
        while (end - at >= OBJECT_PREFIX) {
            int index = bytes.u16(at);
            long length = bytes.i64(at + 8);
            if (index == 0) {
                break;
            }
            bytes.require(length >= 0 && length <= end - at - OBJECT_PREFIX, "a string is longer than its heap");
            objects.put(index, new Place(at + OBJECT_PREFIX, length));
            at += OBJECT_PREFIX + Math.ceilDiv(length, 8) * 8;
        }
        return objects;
    }
}
