package io.nsfl.federation.privacy;

import io.nsfl.federation.bits.BitSource;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import java.util.List;

/**
 * Gaussian noise on tensors that an attack on floating-point numbers cannot see through.
 *
 * <p>The usual way, a value plus a floating-point sample, lets the low bits of the sum tell which values it can have come from (Mironov,
 * CCS 2012; Jin et al., S&amp;P 2022). Here value and noise are whole multiples of one step, {@code std / 2^30}: the value is cut to the
 * grid towards zero, which never makes its norm larger, the noise is an exact {@link DiscreteGaussian} of sigma 2^30, and the sum is one
 * of whole numbers. What is written is a function of that sum alone, so what can be written is the same for every input; rounding it
 * to the tensor's type is post-processing.
 */
public final class GaussianNoise {
    /** Steps of the grid in one standard deviation. */
    static final long SIGMA = 1L << 30;

    /** Beyond it whole numbers could overflow. */
    private static final double LARGEST = 0x1p61;

    private final double step;
    private final DiscreteGaussian sampler;

    /** @param standardDeviation above 0, in the tensors' unit */
    public GaussianNoise(double standardDeviation, BitSource bits) {
        if (!(standardDeviation >= Double.MIN_NORMAL * SIGMA) || standardDeviation > Float.MAX_VALUE) {
            throw new IllegalArgumentException("Cannot add noise of standard deviation " + standardDeviation);
        }
        // Exact: a division by a power of two.
        this.step = standardDeviation / SIGMA;
        this.sampler = DiscreteGaussian.ofSigma(SIGMA, bits);
    }

    /** Adds an independent draw to each element, in place. */
    public void add(List<NamedTensor> tensors) {
        tensors.forEach(tensor -> add(tensor, false));
    }

    /** Adds one draw per tensor to all its elements, in place: no privacy, kept for jobs that ask for it. */
    public void addSame(List<NamedTensor> tensors) {
        tensors.forEach(tensor -> add(tensor, true));
    }

    /** One number with noise. */
    public double noised(double value) {
        return sum(value, sampler.sample());
    }

    /** How far cutting to the grid can move a vector of this many elements, as an L2 norm. */
    public static double gridError(double standardDeviation, long elements) {
        return Math.sqrt(elements) * standardDeviation / SIGMA;
    }

    private void add(NamedTensor tensor, boolean same) {
        double[] block = new double[Elements.BLOCK];
        long elements = tensor.spec().elements();
        long drawn = same ? sampler.sample() : 0;
        for (long from = 0; from < elements; from += Elements.BLOCK) {
            int count = Elements.block(elements, from);
            Elements.read(tensor.spec().dtype(), tensor.data(), from, count, block);
            for (int i = 0; i < count; i++) {
                block[i] = sum(block[i], same ? drawn : sampler.sample());
            }
            Elements.write(tensor.spec().dtype(), tensor.data(), from, count, block);
        }
    }

    private double sum(double value, long drawn) {
        double steps = value / step;
        // Only without clipping, which no noise makes private: whole numbers do not reach so far.
        if (Math.abs(steps) >= LARGEST) {
            return value + drawn * step;
        }
        return ((long) steps + drawn) * step;
    }
}
