package io.nsfl.federation.tensor;

import java.lang.foreign.MemorySegment;

/**
 * A tensor and its values.
 *
 * @param data exactly {@code spec.bytes()} bytes, little-endian, row-major; usually a slice of a mapped file; need not be aligned
 */
public record NamedTensor(TensorSpec spec, MemorySegment data) {
    public NamedTensor {
        if (data.byteSize() != spec.bytes()) {
            throw new IllegalArgumentException(
                    "Cannot hold tensor " + spec.name() + ": " + data.byteSize() + " bytes for " + spec.bytes());
        }
    }
}
