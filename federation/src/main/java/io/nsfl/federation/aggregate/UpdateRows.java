package io.nsfl.federation.aggregate;

import io.nsfl.federation.tensor.Elements;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.Arrays;
import java.util.List;

/**
 * The elements of many updates side by side: a row for each client, a column for each element, a block of columns at a time.
 *
 * <p>Memory: at most {@value #ROW_BYTES} bytes of rows, or {@value #SHORTEST_BLOCK} columns if the clients are so many. One thread at a
 * time.
 */
public final class UpdateRows {
    /** Bytes of the rows that are in memory together: float64, one row for each client. */
    static final int ROW_BYTES = 8 << 20;

    private static final int SHORTEST_BLOCK = 16;

    /** The rows of a dozen clients stay in a processor's cache. */
    private static final int LONGEST_BLOCK = 1024;

    private UpdateRows() {}

    /** Looks at the same run of elements of every client's update. */
    @FunctionalInterface
    public interface Scan {
        /**
         * @param rows one for each client, whose first {@code count} values are the elements'; may be changed
         * @param from the first element's place in its tensor
         */
        void block(double[][] rows, long from, int count);
    }

    /** Makes the aggregate's elements of the clients'. */
    @FunctionalInterface
    public interface Rule {
        /** @param rows as {@link Scan} has them @param results the first {@code count} are overwritten */
        void combine(double[][] rows, int count, double[] results);
    }

    /** {@code sum_k weights[k] * update_k / divisor}, added in the order of the clients' ids. */
    public static Rule weighted(double[] weights, double divisor) {
        return (rows, count, results) -> {
            Arrays.fill(results, 0, count, 0);
            for (int k = 0; k < rows.length; k++) {
                double weight = weights[k];
                double[] row = rows[k];
                for (int i = 0; i < count; i++) {
                    results[i] += weight * row[i];
                }
            }
            for (int i = 0; i < count; i++) {
                results[i] /= divisor;
            }
        };
    }

    /** The mean in which every client counts the same. */
    public static Rule mean(int clients) {
        double[] ones = new double[clients];
        Arrays.fill(ones, 1);
        return weighted(ones, clients);
    }

    /** Goes once through a tensor of all updates. */
    public static void scan(List<KeptUpdates.Kept> updates, TensorSpec spec, Scan scan) {
        int most = Math.clamp(ROW_BYTES / Double.BYTES / updates.size(), SHORTEST_BLOCK, LONGEST_BLOCK);
        double[][] rows = new double[updates.size()][most];
        for (long from = 0; from < spec.elements(); from += most) {
            int count = (int) Math.min(most, spec.elements() - from);
            for (int k = 0; k < rows.length; k++) {
                NamedTensor tensor = updates.get(k).tensors().get(spec.name());
                Elements.read(tensor.spec().dtype(), tensor.data(), from, count, rows[k]);
            }
            scan.block(rows, from, count);
        }
    }

    /** Writes a floating tensor of the aggregate. */
    public static void combine(List<KeptUpdates.Kept> updates, NamedTensor out, Rule rule) {
        double[] results = new double[LONGEST_BLOCK];
        scan(updates, out.spec(), (rows, from, count) -> {
            rule.combine(rows, count, results);
            Elements.write(out.spec().dtype(), out.data(), from, count, results);
        });
    }
}
