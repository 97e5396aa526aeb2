package io.nsfl.federation.robust;

import io.nsfl.federation.aggregate.KeptUpdates.Kept;
import io.nsfl.federation.tensor.TensorSet;
import java.util.List;

/** Combines updates of which at most f are malicious. Deterministic, and independent of the order in which the updates came. */
public sealed interface RobustRule permits CoordinateRule, Krum, Bulyan, GeometricMedian {
    /** Fewest updates with which the rule keeps its promise. */
    int fewest();

    /**
     * @param updates at least {@link #fewest}, in the order of the clients' ids
     * @param out every tensor of the aggregate; overwritten
     */
    void combine(List<Kept> updates, TensorSet out);

    /** f has to be known: at least 1, or there is nothing to be robust against. */
    static int malicious(int f) {
        if (f < 1) {
            throw new IllegalArgumentException("Cannot be robust against " + f + " clients");
        }
        return f;
    }
}
