package io.nsfl.federation.robust;

import io.nsfl.federation.aggregate.IntegerTensors;
import io.nsfl.federation.aggregate.KeptUpdates.Kept;
import io.nsfl.federation.aggregate.UpdateRows;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import java.util.Arrays;
import java.util.List;

/**
 * Drops the k largest and the k smallest values of each element and takes the mean of the rest (Yin et al., ICML 2018): the trimmed mean;
 * with all but the middle one or two dropped, the coordinate-wise median. Statistics are treated alike; integers take the middle value.
 *
 * <p>Cost: n log^2 n per element, in vector instructions. Memory: a block of columns.
 */
public final class CoordinateRule implements RobustRule {
    private final int fewest;
    private final Trim trim;

    /** How many values to drop at each end. */
    @FunctionalInterface
    private interface Trim {
        int of(int updates);
    }

    private CoordinateRule(int fewest, Trim trim) {
        this.fewest = fewest;
        this.trim = trim;
    }

    /** Of an even number of values the mean of the middle two. Needs n >= 2f + 1. */
    public static CoordinateRule median(int f) {
        return new CoordinateRule(2 * RobustRule.malicious(f) + 1, updates -> (updates - 1) / 2);
    }

    /**
     * Drops {@code floor(fraction * n)} values at each end.
     *
     * @param fraction above 0 and below 0.5
     * @param f malicious clients to bear: as many values must be dropped at least
     */
    public static CoordinateRule trimmedMean(double fraction, int f) {
        if (!(fraction > 0 && fraction < 0.5)) {
            throw new IllegalArgumentException("Cannot trim a fraction of " + fraction);
        }
        int fewest = 2 * RobustRule.malicious(f) + 1;
        while (Math.floor(fraction * fewest) < f) {
            fewest++;
        }
        return new CoordinateRule(fewest, updates -> (int) Math.floor(fraction * updates));
    }

    /** Needs n >= 2k + 1. @param k at least the number of malicious clients */
    public static CoordinateRule trimmedMean(int k) {
        return new CoordinateRule(2 * RobustRule.malicious(k) + 1, _ -> k);
    }

    @Override
    public int fewest() {
        return fewest;
    }

    @Override
    public void combine(List<Kept> updates, TensorSet out) {
        int dropped = trim.of(updates.size());
        for (NamedTensor tensor : out.tensors()) {
            switch (tensor.spec().kind()) {
                case TRAINABLE, STATISTIC ->
                    UpdateRows.combine(
                            updates, tensor, (rows, count, results) -> trimmed(rows, count, dropped, results));
                case INTEGER -> IntegerTensors.median(updates, tensor);
                case LOCAL -> {}
            }
        }
    }

    private static void trimmed(double[][] rows, int count, int dropped, double[] results) {
        MergeExchange.sort(rows, count);
        double[][] left = Arrays.copyOfRange(rows, dropped, rows.length - dropped);
        UpdateRows.mean(left.length).combine(left, count, results);
    }
}
