package io.nsfl.protocol.job;

import java.util.List;
import java.util.Optional;

/**
 * How a job's updates are made, protected, sent and combined: what it asks of the algorithms beyond plain federated averaging. What of it
 * combines is decided by {@link Composition}.
 *
 * @param aggregation how updates become the next model; empty = federated averaging
 * @param earlyStop when the job ends before its last round; empty = never
 * @param localLayers glob patterns of the names of tensors that never leave a client
 * @param compression how updates are encoded on the wire; empty = as they are
 * @param extender code of the job's own beside the coordinator; empty = none
 * @param privacy differential privacy; empty = none
 * @param secureAggregation hides single updates from the server; empty = it sees them
 */
public record JobMethod(
        Optional<AggregationConfig> aggregation,
        Optional<EarlyStop> earlyStop,
        List<String> localLayers,
        Optional<CompressionConfig> compression,
        Optional<ExtenderConfig> extender,
        Optional<DifferentialPrivacy> privacy,
        Optional<SecureAggregation> secureAggregation) {
    public JobMethod {
        localLayers = List.copyOf(localLayers);
    }

    /** Federated averaging and nothing else. */
    public static JobMethod plain() {
        return new JobMethod(
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
