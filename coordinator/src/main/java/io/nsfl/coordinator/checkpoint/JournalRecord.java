package io.nsfl.coordinator.checkpoint;

import io.nsfl.coordinator.round.RosterEntry;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.aggregate.RangeEstimate;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.job.RoundMetrics;
import io.nsfl.protocol.v1.TaskKind;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/** What a run remembers. Plain data: written as JSON by component. Null components are absent. */
public sealed interface JournalRecord {
    /**
     * The run's first record.
     *
     * @param outputDirectory name of the run's directory below the job's output, {@code fl_<job>_output_V<n>}
     * @param seed base of every random choice of the run
     * @param tensors the model's tensors with their kinds, fixed for the run
     * @param planDigest hex of what the rounds are played by: a changed job is another run
     */
    record RunStarted(
            String run,
            long epoch,
            String outputDirectory,
            long seed,
            List<TensorSpec> tensors,
            String planDigest,
            Instant at)
            implements JournalRecord {}

    /** A coordinator took the run over. Records of lower epochs that follow do not count. */
    record Launched(long epoch, Instant at) implements JournalRecord {}

    /**
     * What the job's extender gives the clients of the work that is opened next.
     *
     * @param file name of the archive beside the records that holds it
     */
    record Broadcast(int round, int attempt, TaskKind kind, String file, String sha256) implements JournalRecord {}

    /** @param plan absent for evaluations */
    record RoundOpened(
            int round,
            int attempt,
            TaskKind kind,
            List<RosterEntry> roster,
            FoldPlan plan,
            String baseDigest,
            Instant at)
            implements JournalRecord {}

    /** A masking session is opened: later ones of this work have higher numbers and other keys. */
    record MaskingOpened(int round, int attempt, TaskKind kind, int session, SortedSet<String> clients)
            implements JournalRecord {}

    /** From here on clients may release what takes the masks of this work's results off: none of them is masked another time. */
    record MaskingReleased(int round, int attempt, TaskKind kind, int session) implements JournalRecord {}

    /** @param included client to digest of its result */
    record RoundClosed(int round, int attempt, SortedMap<String, String> included) implements JournalRecord {}

    /**
     * What the job's extender wants to know later. Counts if the attempt is committed.
     *
     * @param file name of the archive beside the records that holds it
     */
    record ExtenderState(int round, int attempt, String file, String sha256) implements JournalRecord {}

    /**
     * The round counts.
     *
     * @param model name of the file beside the records that holds the new model
     * @param ranges what to expect of the next round's updates
     * @param state what the algorithm remembers
     * @param buffered in an asynchronous run, the updates that are in it, of whatever work; absent in others
     */
    record RoundCommitted(
            int round,
            int attempt,
            String model,
            long modelBytes,
            String modelSha256,
            SortedMap<String, String> included,
            RangeEstimate ranges,
            RoundMetrics metrics,
            CommittedState state,
            List<BufferedUpdate> buffered)
            implements JournalRecord {}

    /**
     * An update that is in a model of an asynchronous run.
     *
     * @param round of the work that it is the result of
     * @param attempt of that work
     * @param digest hex of the result
     */
    record BufferedUpdate(int round, int attempt, String client, String digest) {}

    /**
     * What an algorithm remembers.
     *
     * @param file name of the file beside the records that holds its tensors; absent = it has none
     * @param sha256 hex; empty without a file
     */
    record CommittedState(String file, String sha256, SortedMap<String, Double> scalars) {}

    record AttemptFailed(int round, int attempt, String reason, SortedSet<String> failed, boolean widen)
            implements JournalRecord {}

    record RoundSkipped(int round, String reason, RoundMetrics metrics) implements JournalRecord {}

    /** @param failure absent = it succeeded */
    record Evaluated(int round, SortedMap<String, Double> metrics, String failure) implements JournalRecord {}

    /** @param name {@code checkpoint_v<k>} */
    record CheckpointSaved(int round, String name) implements JournalRecord {}

    record RunFinished(String state, String reason, Instant at) implements JournalRecord {}
}
