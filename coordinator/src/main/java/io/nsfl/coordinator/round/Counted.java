package io.nsfl.coordinator.round;

import java.util.Map;

/**
 * A result that counts.
 *
 * @param digest hex of the result's digest: the same for every repeat
 * @param weight its sample_num
 * @param metrics as its script reported them
 */
public record Counted(String digest, long weight, Map<String, Double> metrics) {
    public Counted {
        metrics = Map.copyOf(metrics);
    }
}
