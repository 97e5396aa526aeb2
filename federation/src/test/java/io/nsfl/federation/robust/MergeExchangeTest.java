package io.nsfl.federation.robust;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MergeExchangeTest {
    private static final int ALL_OF = 12;

    static IntStream sizes() {
        return IntStream.rangeClosed(1, ALL_OF);
    }

    /** What sorts every column of zeros and ones sorts every column (Knuth 5.3.4, Theorem Z). */
    @ParameterizedTest
    @MethodSource("sizes")
    void sortsEveryColumnOfZerosAndOnes(int n) {
        int columns = 1 << n;
        double[][] rows = new double[n][columns];
        for (int k = 0; k < n; k++) {
            for (int column = 0; column < columns; column++) {
                rows[k][column] = column >> k & 1;
            }
        }

        MergeExchange.sort(rows, columns);

        for (int column = 0; column < columns; column++) {
            int zeros = n - Integer.bitCount(column);
            for (int k = 0; k < n; k++) {
                assertThat(rows[k][column]).isEqualTo(k < zeros ? 0 : 1);
            }
        }
    }

    @Test
    void sortsAsArraysAreSorted() {
        Random random = new Random(5);
        for (int n : new int[] {13, 64, 100, 257}) {
            double[][] rows = Stream.generate(
                            () -> random.doubles(50, -1, 1).map(v -> v * v * v).toArray())
                    .limit(n)
                    .toArray(double[][]::new);
            rows[1][0] = -0.0;
            rows[2][0] = 0.0;
            rows[3][1] = Double.MAX_VALUE;
            rows[4][1] = -Double.MAX_VALUE;
            double[][] expected = columns(rows);
            Arrays.stream(expected).forEach(Arrays::sort);

            MergeExchange.sort(rows, 50);

            assertThat(columns(rows)).isDeepEqualTo(expected);
        }
    }

    @Test
    void leavesWhatIsBeyondTheCount() {
        double[][] rows = {{3, 9}, {1, 8}};

        MergeExchange.sort(rows, 1);

        assertThat(rows).isDeepEqualTo(new double[][] {{1, 9}, {3, 8}});
    }

    private static double[][] columns(double[][] rows) {
        return IntStream.range(0, rows[0].length)
                .mapToObj(i -> Arrays.stream(rows).mapToDouble(row -> row[i]).toArray())
                .toArray(double[][]::new);
    }
}
