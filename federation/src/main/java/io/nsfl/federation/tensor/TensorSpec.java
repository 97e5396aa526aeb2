package io.nsfl.federation.tensor;

import java.util.List;

/**
 * What a tensor is, without its values.
 *
 * @param name unique in its model
 * @param shape sizes by axis, row-major ('c') order; empty = scalar; every size at least 0
 */
public record TensorSpec(String name, DType dtype, List<Long> shape, TensorKind kind) {
    public TensorSpec {
        shape = List.copyOf(shape);
        long elements = 1;
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("Cannot make tensor " + name + ": size " + size + " in " + shape);
            }
            elements = Math.multiplyExact(elements, size);
        }
        Math.multiplyExact(elements, dtype.bytes());
    }

    public long elements() {
        long elements = 1;
        for (long size : shape) {
            elements *= size;
        }
        return elements;
    }

    public long bytes() {
        return elements() * dtype.bytes();
    }

    /** The same tensor under another element type. */
    public TensorSpec as(DType other) {
        return new TensorSpec(name, other, shape, kind);
    }

    /** Whether name, element type and shape are equal; the kind is the receiver's business, not the file's. */
    public boolean sameLayout(TensorSpec other) {
        return name.equals(other.name) && dtype == other.dtype && shape.equals(other.shape);
    }
}
