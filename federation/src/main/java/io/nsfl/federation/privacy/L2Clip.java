package io.nsfl.federation.privacy;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import java.util.List;

/** Bounds what one contribution can change: {@code v * min(1, bound / |v|)} in the L2 norm over all trainable tensors together. */
public final class L2Clip {
    private L2Clip() {}

    /** The trainable tensors: what clipping and noise work on. */
    public static List<NamedTensor> trainable(TensorSet update) {
        return update.tensors().stream()
                .filter(tensor -> tensor.spec().kind() == TensorKind.TRAINABLE)
                .toList();
    }

    /** L2 norm over all elements, in float64. */
    public static double norm(List<NamedTensor> tensors) {
        return Math.sqrt(tensors.stream().mapToDouble(NamedTensor::squaredNorm).sum());
    }

    /**
     * Clips in place. Afterwards the norm of what is written, rounded to the tensors' types as it is, is at most the bound.
     *
     * @param bound above 0
     * @return the norm before
     * @throws IllegalArgumentException for a norm that is not a finite number
     */
    public static double clip(List<NamedTensor> tensors, double bound) {
        double before = norm(tensors);
        if (!(bound > 0) || !Double.isFinite(before)) {
            throw new IllegalArgumentException("Cannot clip a norm of " + before + " to " + bound);
        }
        if (before <= bound) {
            return before;
        }
        // Rounding to the nearest can add half a unit in the last place to each element, and so to the norm.
        double shrink = 1;
        for (NamedTensor tensor : tensors) {
            shrink = Math.min(shrink, 1 - lastPlace(tensor.spec().dtype()));
        }
        double factor = bound / before * shrink;
        tensors.forEach(tensor -> scale(tensor, factor));
        // Subnormal numbers round by more than their last place.
        while (norm(tensors) > bound) {
            tensors.forEach(tensor -> scale(tensor, 0.5));
        }
        return before;
    }

    private static double lastPlace(DType type) {
        return switch (type) {
            case BF16 -> 0x1p-8;
            case F16 -> 0x1p-11;
            case F32 -> 0x1p-24;
            default -> 0x1p-50;
        };
    }

    private static void scale(NamedTensor tensor, double factor) {
        double[] block = new double[Elements.BLOCK];
        long elements = tensor.spec().elements();
        for (long from = 0; from < elements; from += Elements.BLOCK) {
            int count = Elements.block(elements, from);
            Elements.read(tensor.spec().dtype(), tensor.data(), from, count, block);
            for (int i = 0; i < count; i++) {
                block[i] *= factor;
            }
            Elements.write(tensor.spec().dtype(), tensor.data(), from, count, block);
        }
    }
}
