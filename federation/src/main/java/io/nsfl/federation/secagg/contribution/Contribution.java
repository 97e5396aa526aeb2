package io.nsfl.federation.secagg.contribution;

import io.nsfl.federation.secagg.ValueSource;
import io.nsfl.federation.secagg.quantise.LinearQuantiser;
import io.nsfl.federation.secagg.quantise.ScalarLimbs;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import java.util.function.LongSupplier;

/** One client's update as a vector to be masked, quantised while it is read. Read once, from the start to the end. */
public final class Contribution implements ValueSource {
    private static final LongSupplier NO_NOISE = () -> 0;

    private final ContributionLayout layout;
    private final TensorSet delta;
    private final double factor;
    private final LongSupplier noise;
    private final int[] scalars;
    private final double[] values = new double[Elements.BLOCK];

    private int tensor;
    private long element;
    private int scalar;
    private long clipped;

    /**
     * @param delta the layout's tensors in its order, finite
     * @param weight 1 to the layout's cap
     * @param metrics the client's own values, finite
     */
    public Contribution(ContributionLayout layout, TensorSet delta, long weight, double... metrics) {
        this(layout, delta, weight, NO_NOISE, metrics);
    }

    /** @param noise drawn for each element of the tensors, in whole steps; what it comes to is kept modulo 2^32 */
    public Contribution(
            ContributionLayout layout, TensorSet delta, long weight, LongSupplier noise, double... metrics) {
        requireFitting(layout, delta, metrics.length);
        if (weight < 1 || weight > layout.weightCap()) {
            throw new IllegalArgumentException("A weight is 1 to " + layout.weightCap() + ", not " + weight);
        }
        this.layout = layout;
        this.delta = delta;
        this.noise = noise;
        this.factor = (double) weight / layout.weightCap();
        this.scalars = new int[ScalarLimbs.COUNT * layout.scalars()];
        ScalarLimbs.split(weight, scalars, 0);
        for (int metric = 0; metric < metrics.length; metric++) {
            ScalarLimbs.split(weight * metrics[metric], scalars, ScalarLimbs.COUNT * (metric + 1));
        }
    }

    @Override
    public void next(int[] block, int count) {
        int filled = 0;
        while (filled < count && tensor < layout.tensors().size()) {
            NamedTensor source = delta.tensors().get(tensor);
            long left = source.spec().elements() - element;
            if (left == 0) {
                tensor++;
                element = 0;
            } else {
                int run = (int) Math.min(Math.min(left, Elements.BLOCK), count - filled);
                quantise(source, run, block, filled);
                element += run;
                filled += run;
            }
        }
        System.arraycopy(scalars, scalar, block, filled, count - filled);
        scalar += count - filled;
    }

    /** Elements so far whose value was beyond its clip and became it. */
    public long clipped() {
        return clipped;
    }

    private void quantise(NamedTensor source, int run, int[] block, int at) {
        Elements.read(source.spec().dtype(), source.data(), element, run, values);
        LinearQuantiser quantiser = layout.quantiser(layout.tensors().get(tensor));
        double clip = quantiser.clip();
        for (int i = 0; i < run; i++) {
            double value = values[i] * factor;
            clipped += Math.abs(value) > clip ? 1 : 0;
            block[at + i] = quantiser.quantise(value) + (int) noise.getAsLong();
        }
    }

    static void requireFitting(ContributionLayout layout, TensorSet tensors, int metrics) {
        if (tensors.tensors().size() != layout.tensors().size() || metrics != layout.metrics()) {
            throw new IllegalArgumentException("Tensors or metrics are not as many as the layout's");
        }
        for (int i = 0; i < layout.tensors().size(); i++) {
            if (tensors.tensors().get(i).spec().elements()
                    != layout.tensors().get(i).elements()) {
                throw new IllegalArgumentException(
                        "Tensor " + tensors.tensors().get(i).spec().name() + " has another size than in the layout");
            }
        }
    }
}
