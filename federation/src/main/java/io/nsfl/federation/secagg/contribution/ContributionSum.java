package io.nsfl.federation.secagg.contribution;

import io.nsfl.federation.secagg.Sums;
import io.nsfl.federation.secagg.quantise.LinearQuantiser;
import io.nsfl.federation.secagg.quantise.ScalarLimbs;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import java.util.Arrays;
import java.util.List;

/**
 * The survivors' contributions together, out of the sums of one session, or of several where clients were split into groups. What is added up
 * over groups has 64 bits; nothing as large as the vector is held for it.
 */
public final class ContributionSum {
    private final ContributionLayout layout;
    private final List<Group> groups;

    /**
     * One session's sums.
     *
     * @param clients whose contributions are in them
     */
    public record Group(Sums sums, int clients) {}

    /** @param groups at least one */
    public ContributionSum(ContributionLayout layout, List<Group> groups) {
        for (Group group : groups) {
            if (group.sums().length() != layout.length()) {
                throw new IllegalArgumentException(
                        "The sums have " + group.sums().length() + " elements, the layout " + layout.length());
            }
        }
        this.layout = layout;
        this.groups = List.copyOf(groups);
    }

    /** Of how many clients. */
    public int clients() {
        return groups.stream().mapToInt(Group::clients).sum();
    }

    /** Whether the weights are those of so many contributions; they are not if a client masked what is none, and nothing else can be told. */
    public boolean plausible() {
        return totalWeight() >= clients() && totalWeight() <= clients() * layout.weightCap();
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
        long[] halfSteps = new long[Elements.BLOCK];
        double[] values = new double[Elements.BLOCK];
        long elements = target.spec().elements();
        for (long from = 0; from < elements; from += Elements.BLOCK) {
            int count = Elements.block(elements, from);
            Arrays.fill(halfSteps, 0);
            for (Group group : groups) {
                group.sums().read(at + from, quantised, count);
                for (int i = 0; i < count; i++) {
                    halfSteps[i] += quantiser.halfSteps(quantised[i], group.clients());
                }
            }
            for (int i = 0; i < count; i++) {
                values[i] = quantiser.value(halfSteps[i]) / divisor;
            }
            Elements.write(target.spec().dtype(), target.data(), from, count, values);
        }
    }

    /** Exact while it stays below 2^37: for weights up to their largest cap, with 2^17 clients. */
    private double scalar(int index) {
        return groups.stream().mapToDouble(group -> scalar(group, index)).sum();
    }

    private double scalar(Group group, int index) {
        long[] limbs = new long[ScalarLimbs.COUNT];
        for (int limb = 0; limb < limbs.length; limb++) {
            limbs[limb] = group.sums().get(layout.scalarsAt() + (long) ScalarLimbs.COUNT * index + limb);
        }
        return ScalarLimbs.join(limbs, group.clients());
    }
}
