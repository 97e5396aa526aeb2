package io.nsfl.coordinator.round;

import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.update.MetricRule;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.TaskKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is open for clients now. Immutable and replaced as a whole; a reader that holds one may find it superseded, never changed.
 *
 * @param roster by client id
 * @param base weights that the clients start from; readable at least until the work is replaced
 * @param baseDigest SHA-256 of the base weights as they are sent: safetensors bytes
 * @param plan how updates are folded; empty for TASK_KIND_EVALUATE
 * @param weightCap largest sample_num that the fold takes
 * @param normBound largest L2 norm of an update over its trainable tensors; positive infinity = no bound
 * @param metrics what has to be reported with an update
 * @param deadline after which results are of no use
 * @param reopened the coordinator restarted while this work was open: results delivered before must be delivered again
 * @param masked how results are laid out to be masked; empty = they are not
 */
public record OpenWork(
        RunRef run,
        int round,
        int attempt,
        TaskKind kind,
        Map<String, RosterEntry> roster,
        TensorSet base,
        byte[] baseDigest,
        Optional<FoldPlan> plan,
        long weightCap,
        double normBound,
        List<MetricRule> metrics,
        Instant deadline,
        boolean reopened,
        Optional<MaskedLayout> masked) {
    public OpenWork {
        roster = Map.copyOf(roster);
        metrics = List.copyOf(metrics);
    }
}
