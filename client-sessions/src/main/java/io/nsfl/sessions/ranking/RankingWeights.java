package io.nsfl.sessions.ranking;

/**
 * What counts in the default ranking; each part lies in 0..1 before it is weighted.
 *
 * @param resource a client's capacity against the largest among the candidates
 * @param data its samples of the wanted datasets against the most among the candidates
 * @param reliability its share of delivered tasks among those delivered or lost
 */
public record RankingWeights(double resource, double data, double reliability) {
    public RankingWeights {
        if (!(resource >= 0) || !(data >= 0) || !(reliability >= 0)) {
            throw new IllegalArgumentException(
                    "Weights of the ranking are 0 or more, not " + resource + ", " + data + ", " + reliability);
        }
    }

    /** Everything counts the same. */
    public static RankingWeights even() {
        return new RankingWeights(1, 1, 1);
    }
}
