package io.nsfl.federation.secagg.contribution;

import io.nsfl.federation.secagg.quantise.LinearQuantiser;
import io.nsfl.federation.secagg.quantise.ModulusBudget;
import io.nsfl.federation.secagg.quantise.ScalarLimbs;
import java.util.List;

/**
 * What a client's masked vector consists of: (w / cap) * delta of each tensor, element by element; then w; then w * m for each metric m. All of it is
 * masked together, so the server learns only sums: of weights too.
 *
 * @param tensors those that are trained, in their order
 * @param metrics how many numbers are averaged by weight
 * @param valueBits of each element, 16 to 31
 * @param weightCap largest weight, 1 to 2^20; 1 where all clients count alike
 */
public record ContributionLayout(List<Part> tensors, int metrics, int valueBits, long weightCap) {
    /** Largest cap: sums of weights and of weighted metrics then stay exact. */
    public static final long MAX_WEIGHT_CAP = 1L << 20;

    /**
     * One tensor.
     *
     * @param clip largest absolute value of (w / cap) * delta that is kept
     */
    public record Part(long elements, double clip) {}

    public ContributionLayout {
        tensors = List.copyOf(tensors);
        if (valueBits < ModulusBudget.MIN_VALUE_BITS || valueBits > 31) {
            throw new IllegalArgumentException("A value has 16 to 31 bits, not " + valueBits);
        }
        if (weightCap < 1 || weightCap > MAX_WEIGHT_CAP) {
            throw new IllegalArgumentException("A weight cap is 1 to " + MAX_WEIGHT_CAP + ", not " + weightCap);
        }
        if (metrics < 0 || tensors.stream().anyMatch(part -> part.elements() < 0)) {
            throw new IllegalArgumentException("Counts are not negative");
        }
    }

    /** Elements of the whole vector. */
    public long length() {
        return scalarsAt() + (long) ScalarLimbs.COUNT * scalars();
    }

    /** By how much rounding may change one client's tensors, as an L2 norm over all of them: half a step for each element. */
    public double largestRounding() {
        return Math.sqrt(tensors.stream()
                .mapToDouble(part -> {
                    double half = quantiser(part).step() / 2;
                    return part.elements() * half * half;
                })
                .sum());
    }

    long scalarsAt() {
        return tensors.stream().mapToLong(Part::elements).reduce(0, Math::addExact);
    }

    /** The weight and the metrics. */
    int scalars() {
        return 1 + metrics;
    }

    /** An odd number of levels: zero is one of them, and what did not change stays as it is. */
    LinearQuantiser quantiser(Part part) {
        return new LinearQuantiser(part.clip(), (1L << valueBits) - 1);
    }
}
