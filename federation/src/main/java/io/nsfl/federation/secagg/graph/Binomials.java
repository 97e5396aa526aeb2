package io.nsfl.federation.secagg.graph;

/** Logarithms of binomial coefficients. */
final class Binomials {
    private static final int EXACT = 256;

    /** ln(n!) of small n. */
    private static final double[] LOG_FACTORIALS = new double[EXACT];

    static {
        for (int n = 2; n < EXACT; n++) {
            LOG_FACTORIALS[n] = LOG_FACTORIALS[n - 1] + Math.log(n);
        }
    }

    private Binomials() {}

    /** ln C(n, k); minus infinity outside of 0 <= k <= n. */
    static double log(int n, int k) {
        return k < 0 || k > n ? Double.NEGATIVE_INFINITY : logFactorial(n) - logFactorial(k) - logFactorial(n - k);
    }

    /** Stirling's series for large n: the term left out is below 1e-16 from n = 256 on. */
    private static double logFactorial(int n) {
        if (n < EXACT) {
            return LOG_FACTORIALS[n];
        }
        double x = n + 1.0;
        double inverse = 1 / x;
        double square = inverse * inverse;
        double series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260)));
        return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
    }
}
