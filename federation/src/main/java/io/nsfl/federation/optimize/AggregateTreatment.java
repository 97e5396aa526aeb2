package io.nsfl.federation.optimize;

import io.nsfl.federation.aggregate.Aggregate;
import io.nsfl.federation.state.ServerState;
import io.nsfl.federation.state.Stateful;
import java.util.Map;

/**
 * Works on the aggregate between the mean and the step: where central noise is added. May be called again for the same round by a
 * coordinator that starts again: what was not committed was never seen by anybody.
 */
public interface AggregateTreatment extends Stateful {
    /**
     * Changes the aggregate's tensors in place.
     *
     * @param state what it remembers, to be brought up to date: a copy of what was committed
     */
    void treat(Aggregate aggregate, ServerState state);

    /** What people are told with the round's metrics, from the state that is committed with it. */
    default Map<String, Double> metrics(ServerState state) {
        return Map.of();
    }
}
