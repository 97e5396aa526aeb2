package io.nsfl.federation.robust;

import io.nsfl.federation.aggregate.IntegerTensors;
import io.nsfl.federation.aggregate.KeptUpdates.Kept;
import io.nsfl.federation.aggregate.UpdateRows;
import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.Arrays;
import java.util.List;

/**
 * The geometric median by smoothed Weiszfeld steps, RFA (Pillutla et al., IEEE TSP 2022):
 *
 * <pre>
 * z = mean;   repeated: b_i = 1 / max(nu, |update_i - z|), z = sum b_i update_i / sum b_i
 * </pre>
 *
 * Every client counts the same, so that it bears any minority of malicious ones: n >= 2f + 1. But z comes from the mean step by step, each
 * of which leaves at least f / (n - f) of what f clients far away do to it: so few passes as the paper's bound it by a part of their
 * distance, and only many take it off. Distances are over trainable tensors;
 * statistics take the mean with the last weights, integers their middle value.
 *
 * <p>Cost: two passes over all updates for each step. Memory: a block of columns; z is the aggregate's own memory, in its element type.
 */
public final class GeometricMedian implements RobustRule {
    private final int f;
    private final int passes;
    private final double smoothing;

    /**
     * @param passes means to take, the plain one among them; 5 in the paper's experiments
     * @param smoothing nu, above 0: distances below count as this; 1e-6 in the paper
     */
    public GeometricMedian(int f, int passes, double smoothing) {
        if (passes < 1 || !(smoothing > 0)) {
            throw new IllegalArgumentException("Cannot take " + passes + " passes with smoothing " + smoothing);
        }
        this.f = RobustRule.malicious(f);
        this.passes = passes;
        this.smoothing = smoothing;
    }

    @Override
    public int fewest() {
        return 2 * f + 1;
    }

    @Override
    public void combine(List<Kept> updates, TensorSet out) {
        double[] weights = new double[updates.size()];
        Arrays.fill(weights, 1);
        mean(updates, weights, out, TensorKind.TRAINABLE);
        for (int pass = 1; pass < passes; pass++) {
            double[] squares = squaredDistances(updates, out);
            for (int k = 0; k < weights.length; k++) {
                weights[k] = 1 / Math.max(smoothing, Math.sqrt(squares[k]));
            }
            mean(updates, weights, out, TensorKind.TRAINABLE);
        }
        mean(updates, weights, out, TensorKind.STATISTIC);
        for (NamedTensor tensor : out.tensors()) {
            if (tensor.spec().kind() == TensorKind.INTEGER) {
                IntegerTensors.median(updates, tensor);
            }
        }
    }

    private static void mean(List<Kept> updates, double[] weights, TensorSet out, TensorKind kind) {
        double all = 0;
        for (double weight : weights) {
            all += weight;
        }
        for (NamedTensor tensor : out.tensors()) {
            if (tensor.spec().kind() == kind) {
                UpdateRows.combine(updates, tensor, UpdateRows.weighted(weights, all));
            }
        }
    }

    /** Of each update from z, over the trainable tensors. */
    private static double[] squaredDistances(List<Kept> updates, TensorSet z) {
        double[] squares = new double[updates.size()];
        double[] centre = new double[Elements.BLOCK];
        for (NamedTensor tensor : z.tensors()) {
            TensorSpec spec = tensor.spec();
            if (spec.kind() == TensorKind.TRAINABLE) {
                UpdateRows.scan(updates, spec, (rows, from, count) -> {
                    Elements.read(spec.dtype(), tensor.data(), from, count, centre);
                    for (int k = 0; k < rows.length; k++) {
                        squares[k] += Distances.squaredDistance(rows[k], centre, count);
                    }
                });
            }
        }
        return squares;
    }
}
