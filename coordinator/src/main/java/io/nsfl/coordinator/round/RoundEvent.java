package io.nsfl.coordinator.round;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.MaskingStage;
import io.nsfl.protocol.v1.ResultHeader;
import io.nsfl.protocol.v1.TaskRef;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/** What can happen to a run: answers to its own effects, words of clients, and the clock. */
public sealed interface RoundEvent {
    /** How clients are found for work, and lost again, and how it is opened for them. */
    sealed interface OfSelection extends RoundEvent {}

    /** How results are masked and come to a sum. */
    sealed interface OfMasking extends RoundEvent {}

    /** How updates become a model that is durable. */
    sealed interface OfModel extends RoundEvent {}

    /** That something about the run is written down. */
    sealed interface OfRecord extends RoundEvent {}

    /** This process has nothing more to do for the run. */
    sealed interface Ending extends RoundEvent {
        String reason();
    }

    /** Clients were reserved. */
    record Selected(WorkId work, List<RosterEntry> roster) implements OfSelection {}

    /** No clients were reserved. */
    record SelectionRefused(WorkId work, Fault fault, String reason) implements OfSelection {}

    /** The work is journalled and open for clients. */
    record Opened(WorkId work, Instant deadline) implements OfSelection {}

    /** The work cannot be opened: the job's extender failed at what the clients were to get. */
    record OpeningRefused(WorkId work, Rejection rejection) implements OfSelection {}

    record LeaseChanged(WorkId work, String client, LeaseChange change, String reason) implements OfSelection {}

    /** A client's result, checked as far as it can be without a decision. */
    record Offered(Offer offer) implements RoundEvent {}

    /** An update that was handed to the fold is in, or was refused. */
    record Folded(WorkId work, String client, Optional<Rejection> rejection) implements OfModel {}

    /** A client has trained, and its result waits there to be masked; said again whenever it comes back. */
    record Ready(WorkId work, String client) implements OfMasking {}

    /** A masking session's stage was asked of these clients. */
    record StageAsked(WorkId work, int session, MaskingStage stage, SortedSet<String> clients) implements OfMasking {}

    /**
     * A client's answer to a stage is taken, or was refused.
     *
     * @param digest hex of the result that brought a masked vector; empty for the other stages
     */
    record StageAnswered(
            WorkId work,
            int session,
            MaskingStage stage,
            String client,
            Optional<String> digest,
            Optional<Rejection> rejection)
            implements OfMasking {}

    /**
     * A client does not go on in a session.
     *
     * @param forGood nor in a later one of this work
     * @param blamed the client that it says is to blame
     */
    record MaskingLeft(WorkId work, int session, String client, boolean forGood, String reason, Optional<String> blamed)
            implements OfMasking {}

    /** A session cannot be completed. */
    record MaskingBroken(WorkId work, int session, String reason) implements OfMasking {}

    /**
     * A session's sum is there.
     *
     * @param clients whose results are in it
     * @param metrics of all of them together
     */
    record Unmasked(WorkId work, int session, SortedSet<String> clients, SortedMap<String, Double> metrics)
            implements OfMasking {}

    /** The new model is made from the closed set. */
    record Aggregated(WorkId work) implements OfModel {}

    /** The closed set makes no usable model. */
    record AggregationRefused(WorkId work, Rejection rejection) implements OfModel {}

    /** The new model is durable. */
    record Committed(WorkId work) implements OfModel {}

    /** The end of a failed attempt, of a skipped round, or of an evaluation is durable. */
    record Noted(WorkId work) implements OfRecord {}

    /** The checkpoint of the last committed model is in the user's directory. */
    record CheckpointSaved(int round) implements OfRecord {}

    /** The end of the run is durable and its files are written. */
    record Finished() implements OfRecord {}

    /** The time came that was asked for, or an earlier one that is of no interest any more. */
    record Woke() implements RoundEvent {}

    record StopAsked(String reason) implements RoundEvent {}

    /** Somebody with a higher epoch, or another run, owns the job. */
    record Superseded(String reason) implements Ending {}

    /** An effect failed in a way that repeating did not mend. */
    record Broken(Fault fault, String reason) implements Ending {}

    /**
     * A client's result as the decisions need it.
     *
     * @param digest hex of the result's digest: the same for every repeat
     * @param failure set = the client reports that its task failed
     */
    record Offer(
            TaskRef task,
            String digest,
            Map<String, Double> metrics,
            Optional<Rejection> failure,
            StagedResult staged) {
        /** What a staged result comes to. */
        public static Offer of(StagedResult result) {
            ResultHeader header = result.header();
            return new Offer(
                    result.task(),
                    HexFormat.of().formatHex(header.getResultDigest().toByteArray()),
                    header.getMetricsMap(),
                    header.hasFailure() ? Optional.of(Rejection.toldBy(header.getFailure())) : Optional.empty(),
                    result);
        }

        public WorkId work() {
            return WorkId.of(task);
        }

        public String client() {
            return task.getClientId();
        }

        /** The session that the result is masked for; 0 = it is not masked. */
        public int maskingSession() {
            return staged.header().getMaskingSession();
        }

        /** Its sample_num; 1 where the script reported none. */
        public long weight() {
            return Math.round(metrics.getOrDefault("sample_num", 1.0));
        }
    }
}
