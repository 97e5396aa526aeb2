package io.nsfl.coordinator.round;

import io.nsfl.federation.aggregate.StalenessWeight;

/**
 * How an asynchronous run is played (Nguyen et al., "Federated Learning with Buffered Asynchronous Aggregation", AISTATS 2022).
 *
 * @param size updates that make a new model, K
 * @param concurrency clients that train at the same time
 * @param maxStaleness models that may have been committed since the one that an update was made on; older updates are dropped
 * @param weight how much an update of which staleness counts
 */
public record BufferRules(int size, int concurrency, int maxStaleness, StalenessWeight weight) {
    /** Failed tasks after which a model is given up: as many as three attempts of a round would ask. */
    int mostFailures() {
        return RoundRules.MAX_ATTEMPTS * Math.max(size, concurrency);
    }
}
