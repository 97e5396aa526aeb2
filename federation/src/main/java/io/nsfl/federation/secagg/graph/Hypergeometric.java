package io.nsfl.federation.secagg.graph;

/**
 * How many of {@code marked} among {@code population} are found in {@code drawn} drawn without putting back.
 */
record Hypergeometric(int population, int marked, int drawn) {
    /** The least k with P[X > k] <= e^logBound. */
    int leastWithTailBelow(double logBound) {
        double bound = Math.exp(logBound);
        double tail = 0;
        for (int k = Math.min(drawn, marked); k > 0; k--) {
            tail += probability(k);
            if (tail > bound) {
                return k;
            }
        }
        return 0;
    }

    /** The largest k with P[X < k] <= e^logBound. */
    int mostWithHeadBelow(double logBound) {
        double bound = Math.exp(logBound);
        double head = 0;
        int most = Math.min(drawn, marked);
        for (int k = 0; k < most; k++) {
            head += probability(k);
            if (head > bound) {
                return k;
            }
        }
        return most;
    }

    private double probability(int k) {
        return Math.exp(Binomials.log(marked, k)
                + Binomials.log(population - marked, drawn - k)
                - Binomials.log(population, drawn));
    }
}
