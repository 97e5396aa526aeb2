package io.nsfl.federation.secagg.contribution;

import io.nsfl.federation.secagg.Sums;
import io.nsfl.federation.secagg.quantise.LinearQuantiser;
import io.nsfl.federation.secagg.quantise.ScalarLimbs;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;

/** The survivors' contributions together, out of a session's sums. */
public final class ContributionSum {
    private final ContributionLayout layout;
    private final Sums sums;
    private final int clients;

    /** @param clients whose contributions are in the sums */
    public ContributionSum(ContributionLayout layout, Sums sums, int clients) {
        if (sums.length() != layout.length()) {
            throw new IllegalArgumentException(
                    "The sums have " + sums.length() + " elements, the layout " + layout.length());
        }
        this.layout = layout;
        this.sums = sums;
        this.clients = clients;
    }

    /** Whether the weights are those of so many contributions; they are not if a client masked what is none, and nothing else can be told. */
    public boolean plausible() {
        return totalWeight() >= clients && totalWeight() <= clients * layout.weightCap();
    }

    /** Sum of the weights, exact. */
    public long totalWeight() {
        return Math.round(scalar(0));
    }

    /** Mean of a metric, weighted. */
    public double metric(int metric) {
        return scalar(1 + metric) / totalWeight();
    }

    /**
     * Writes the weighted mean of the deltas. An element is off by at most {@code clients * cap / totalWeight} half steps of its quantiser.
     *
     * @param out the layout's tensors in its order, of floating types
     */
    public void mean(TensorSet out) {
        Contribution.requireFitting(layout, out, layout.metrics());
        double totalFactor = (double) totalWeight() / layout.weightCap();
        long at = 0;
        for (int tensor = 0; tensor < layout.tensors().size(); tensor++) {
            ContributionLayout.Part part = layout.tensors().get(tensor);
            write(out.tensors().get(tensor), at, layout.quantiser(part), totalFactor);
            at += part.elements();
        }
    }

    private void write(NamedTensor target, long at, LinearQuantiser quantiser, double divisor) {
        int[] quantised = new int[Elements.BLOCK];
        double[] values = new double[Elements.BLOCK];
        long elements = target.spec().elements();
        for (long from = 0; from < elements; from += Elements.BLOCK) {
            int count = Elements.block(elements, from);
            sums.read(at + from, quantised, count);
            for (int i = 0; i < count; i++) {
                values[i] = quantiser.sum(quantised[i], clients) / divisor;
            }
            Elements.write(target.spec().dtype(), target.data(), from, count, values);
        }
    }

    private double scalar(int index) {
        long[] limbs = new long[ScalarLimbs.COUNT];
        for (int limb = 0; limb < limbs.length; limb++) {
            limbs[limb] = sums.get(layout.scalarsAt() + (long) ScalarLimbs.COUNT * index + limb);
        }
        return ScalarLimbs.join(limbs, clients);
    }
}
