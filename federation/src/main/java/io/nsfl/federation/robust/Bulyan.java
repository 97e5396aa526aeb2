package io.nsfl.federation.robust;

import io.nsfl.federation.aggregate.IntegerTensors;
import io.nsfl.federation.aggregate.KeptUpdates;
import io.nsfl.federation.aggregate.KeptUpdates.Kept;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import java.util.Arrays;
import java.util.List;

/**
 * Bulyan (El Mhamdi et al., ICML 2018): chooses n - 2f updates by repeated {@link Krum} on those that are left, then takes for each element
 * the mean of the n - 4f chosen values that are closest to their median. Of equally close values those of the lowest client ids count.
 * Needs n >= 4f + 3. Statistics are treated alike; integers take the middle value of the chosen.
 *
 * <p>Cost: n^2 / 2 passes over an update, then n log n per element. Memory: a block of columns and n^2 numbers.
 */
public final class Bulyan implements RobustRule {
    private final int f;

    public Bulyan(int f) {
        this.f = RobustRule.malicious(f);
    }

    @Override
    public int fewest() {
        return 4 * f + 3;
    }

    @Override
    public void combine(List<Kept> updates, TensorSet out) {
        int theta = updates.size() - 2 * f;
        List<Kept> chosen = Krum.select(Distances.between(updates), updates.size(), f, theta).stream()
                .map(updates::get)
                .toList();
        int beta = theta - 2 * f;
        double[] sorted = new double[theta];
        double[] distances = new double[theta];
        for (NamedTensor tensor : out.tensors()) {
            switch (tensor.spec().kind()) {
                case TRAINABLE, STATISTIC ->
                    KeptUpdates.combine(chosen, tensor, column -> nearTheMedian(column, beta, sorted, distances));
                case INTEGER -> IntegerTensors.median(chosen, tensor);
                case LOCAL -> {}
            }
        }
    }

    /** Mean of the {@code beta} values closest to the median, added in the order of the clients' ids. */
    private static double nearTheMedian(double[] column, int beta, double[] sorted, double[] distances) {
        System.arraycopy(column, 0, sorted, 0, column.length);
        Arrays.sort(sorted);
        int middle = column.length / 2;
        double median = column.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        for (int k = 0; k < column.length; k++) {
            distances[k] = Math.abs(column[k] - median);
        }
        System.arraycopy(distances, 0, sorted, 0, column.length);
        Arrays.sort(sorted);
        double farthest = sorted[beta - 1];
        int atTheEdge = beta;
        for (double distance : distances) {
            if (distance < farthest) {
                atTheEdge--;
            }
        }
        double sum = 0;
        for (int k = 0; k < column.length; k++) {
            if (distances[k] < farthest || distances[k] == farthest && atTheEdge-- > 0) {
                sum += column[k];
            }
        }
        return sum / beta;
    }
}
