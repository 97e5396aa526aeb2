package io.nsfl.federation.aggregate;

import java.util.Map;

/**
 * What counts of a client besides its update.
 *
 * @param client its id: what breaks ties, and the order of sums that have to be the same whoever came first
 * @param weight as it counts in a weighted mean, from 1 to the plan's weight cap; 1 where all count the same
 * @param metrics as its script reported them, for algorithms that need one (loss at the start model, number of local steps)
 */
public record Contribution(String client, long weight, Map<String, Double> metrics) {
    public Contribution {
        metrics = Map.copyOf(metrics);
    }
}
