package io.nsfl.federation.robust;

import io.nsfl.federation.aggregate.KeptUpdates.Kept;
import io.nsfl.federation.aggregate.UpdateRows;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.List;

/** Squared L2 distances between updates, over their trainable tensors. Cost: n^2 / 2 passes over an update. */
final class Distances {
    private final double[][] squares;

    private Distances(double[][] squares) {
        this.squares = squares;
    }

    static Distances between(List<Kept> updates) {
        int n = updates.size();
        double[][] squares = new double[n][n];
        for (TensorSpec spec : updates.getFirst().tensors().specs()) {
            if (spec.kind() == TensorKind.TRAINABLE) {
                UpdateRows.scan(updates, spec, (rows, _, count) -> add(squares, rows, count));
            }
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                squares[i][j] = squares[j][i];
            }
        }
        return new Distances(squares);
    }

    double square(int one, int other) {
        return squares[one][other];
    }

    private static void add(double[][] squares, double[][] rows, int count) {
        for (int i = 0; i < rows.length; i++) {
            for (int j = i + 1; j < rows.length; j++) {
                squares[i][j] += squaredDistance(rows[i], rows[j], count);
            }
        }
    }

    /** Four partial sums: a single chain would wait for the adder. */
    static double squaredDistance(double[] one, double[] other, int count) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 3 < count; i += 4) {
            double p = one[i] - other[i];
            double q = one[i + 1] - other[i + 1];
            double r = one[i + 2] - other[i + 2];
            double s = one[i + 3] - other[i + 3];
            a += p * p;
            b += q * q;
            c += r * r;
            d += s * s;
        }
        for (; i < count; i++) {
            double p = one[i] - other[i];
            a += p * p;
        }
        return a + b + (c + d);
    }
}
