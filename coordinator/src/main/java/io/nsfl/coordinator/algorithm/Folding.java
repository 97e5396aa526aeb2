package io.nsfl.coordinator.algorithm;

import io.nsfl.federation.aggregate.Aggregator;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.state.ServerState;
import java.nio.file.Path;

/** Begins the fold of a round's attempt. */
@FunctionalInterface
public interface Folding {
    /**
     * @param committed what the algorithm remembers; readable until the aggregator is closed, and not to be changed
     * @param scratch a directory on local disk for updates that have to be kept; emptied by its owner
     */
    Aggregator begin(FoldPlan plan, ServerState committed, Path scratch);
}
