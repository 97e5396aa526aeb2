package io.nsfl.federation.robust;

import io.nsfl.federation.aggregate.IntegerTensors;
import io.nsfl.federation.aggregate.KeptUpdates.Kept;
import io.nsfl.federation.aggregate.UpdateRows;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import java.util.List;

/**
 * Bulyan (El Mhamdi et al., ICML 2018): chooses n - 2f updates by repeated {@link Krum} on those that are left, then takes for each element
 * the mean of the n - 4f chosen values that are closest to their median. Of equally close values the smaller counts.
 * Needs n >= 4f + 3. Statistics are treated alike; integers take the middle value of the chosen.
 *
 * <p>Cost: n^2 / 2 passes over an update, then n log^2 n per element, in vector instructions. Memory: a block of columns and n^2 numbers.
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
        for (NamedTensor tensor : out.tensors()) {
            switch (tensor.spec().kind()) {
                case TRAINABLE, STATISTIC ->
                    UpdateRows.combine(
                            chosen, tensor, (rows, count, results) -> nearTheMedian(rows, count, beta, results));
                case INTEGER -> IntegerTensors.median(chosen, tensor);
                case LOCAL -> {}
            }
        }
    }

    /** In sorted columns the values closest to the median stand side by side: what is farther off at either end goes, one by one. */
    private static void nearTheMedian(double[][] rows, int count, int beta, double[] results) {
        MergeExchange.sort(rows, count);
        int n = rows.length;
        double[] column = new double[n];
        for (int i = 0; i < count; i++) {
            for (int k = 0; k < n; k++) {
                column[k] = rows[k][i];
            }
            double median = n % 2 == 1 ? column[n / 2] : (column[n / 2 - 1] + column[n / 2]) / 2;
            int first = 0;
            int last = n - 1;
            while (last - first >= beta) {
                if (median - column[first] > column[last] - median) {
                    first++;
                } else {
                    last--;
                }
            }
            double sum = 0;
            for (int k = first; k <= last; k++) {
                sum += column[k];
            }
            results[i] = sum / beta;
        }
    }
}
