package io.nsfl.federation.update;

import io.nsfl.federation.tensor.TensorSpec;
import java.util.List;
import java.util.Set;

/**
 * What a round attempt takes.
 *
 * @param maxStaleness how many rounds back an update may have started; 0 in synchronous rounds
 * @param roster ids of the chosen clients
 * @param tensors what an update must hold, in order; the local tensors are left out
 * @param weightCap most samples of one client
 * @param normBound largest L2 norm over the trainable tensors; infinite = no bound
 * @param metrics what must be reported with an update
 */
public record UpdateRules(
        int round,
        int attempt,
        int maxStaleness,
        Set<String> roster,
        List<TensorSpec> tensors,
        long weightCap,
        double normBound,
        List<MetricRule> metrics) {
    public UpdateRules {
        roster = Set.copyOf(roster);
        tensors = List.copyOf(tensors);
        metrics = List.copyOf(metrics);
        if (weightCap < 1 || !(normBound > 0) || maxStaleness < 0) {
            throw new IllegalArgumentException("Cannot check updates with weight cap " + weightCap + ", norm bound "
                    + normBound + ", staleness " + maxStaleness);
        }
    }
}
