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

    /** Largest absolute value; 0 for a tensor without elements; NaN or infinite if any element is (NaN wins). */
    public double largestMagnitude() {
        double[] block = new double[Elements.BLOCK];
        long elements = spec.elements();
        double largest = 0;
        for (long from = 0; from < elements; from += Elements.BLOCK) {
            int count = Elements.block(elements, from);
            if (spec.dtype() == DType.F32) {
                largest = Math.max(largest, Magnitudes.largestFloat(data, from * Float.BYTES, count));
            } else {
                Elements.read(spec.dtype(), data, from, count, block);
                largest = Math.max(largest, Magnitudes.largest(block, count));
            }
        }
        return largest;
    }

    /** Sum of the squares in float64, always in the same order; NaN or infinite if an element is. */
    public double squaredNorm() {
        double[] block = new double[Elements.BLOCK];
        long elements = spec.elements();
        double sum = 0;
        for (long from = 0; from < elements; from += Elements.BLOCK) {
            int count = Elements.block(elements, from);
            Elements.read(spec.dtype(), data, from, count, block);
            sum += Magnitudes.squares(block, count);
        }
        return sum;
    }

    /** Whether no element is NaN or infinite. */
    public boolean finite() {
        return !spec.dtype().floating() || Double.isFinite(largestMagnitude());
    }

    /** One element as float64: for tests and messages, not for loops over a model. */
    public double at(long element) {
        double[] value = new double[1];
        Elements.read(spec.dtype(), data, element, 1, value);
        return value[0];
    }
}
