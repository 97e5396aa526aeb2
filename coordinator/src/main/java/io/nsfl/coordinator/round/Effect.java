package io.nsfl.coordinator.round;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.MaskingStage;
import io.nsfl.protocol.v1.Receipt;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/** What a phase wants done. Each can be repeated: a coordinator that starts again may do it a second time. */
public sealed interface Effect {
    /**
     * Reserve clients. Answered by Selected or SelectionRefused.
     *
     * @param avoid whom to take only if the others do not suffice
     * @param without whom not to take at all
     */
    record Reserve(WorkId work, int count, int minimum, SortedSet<String> avoid, SortedSet<String> without)
            implements Effect {}

    /** Journal the work and open it for clients. Answered by Opened. */
    record Open(WorkId work, List<RosterEntry> roster) implements Effect {}

    /** Open journalled work again after a restart and take its leases over. Answered by Opened. */
    record Reopen(WorkId work) implements Effect {}

    /** Journal work of an asynchronous run and open it beside what is open. Answered by Opened. */
    record OpenBeside(WorkId work, List<RosterEntry> roster) implements Effect {}

    /**
     * Begin the fold of a buffer of so many updates. Not answered: what follows waits for it.
     *
     * @param widen begin the one that is empty again, for larger values
     */
    record BeginBuffer(int size, boolean widen) implements Effect {}

    /** Fold an update into the buffer. Answered by Folded. @param staleness models committed since the one it was made on */
    record FoldStale(RoundEvent.Offer offer, int staleness) implements Effect {}

    /** Make the new model of the buffer and make it durable. Answered by Committed or AggregationRefused. */
    record CommitBuffer(WorkId work, List<Buffered> buffer, RoundTally tally) implements Effect {}

    /** Tell some clients of a work whether they were counted, and give their leases back. */
    record SettleSome(WorkId work, SortedSet<String> clients, boolean included) implements Effect {}

    /** Nothing of this work is expected any more. */
    record Close(WorkId work) implements Effect {}

    /** Give back what an earlier process of this run had asked for. */
    record Forsake() implements Effect {}

    /** Tell the chosen clients. */
    record Assign(WorkId work, Collection<String> clients, Instant deadline) implements Effect {}

    /** Fold an update. Answered by Folded. */
    record Fold(RoundEvent.Offer offer) implements Effect {}

    /** Journal a masking session and ask its first stage. Answered by StageAsked or MaskingBroken. */
    record OpenMasking(WorkId work, int session, MaskingStage stage, SortedSet<String> clients) implements Effect {}

    /** Go on to a stage with those who answered the one before. Answered by StageAsked or MaskingBroken. */
    record AskStage(WorkId work, int session, MaskingStage stage, SortedSet<String> clients) implements Effect {}

    /** Add a masked vector to the session's sum. Answered by StageAnswered. */
    record FoldMasked(RoundEvent.Offer offer) implements Effect {}

    /** Take the masks off the sum. Answered by Unmasked or MaskingBroken. */
    record Unmask(WorkId work, int session) implements Effect {}

    /** Tell clients that a session is over for them, and that another may follow. */
    record EndMasking(WorkId work, int session, SortedSet<String> clients, String reason) implements Effect {}

    /** Answer an offer, and every repeat of it. */
    record Answer(RoundEvent.Offer offer, Receipt receipt) implements Effect {}

    /** Tell clients that their work is not needed any more, and give their leases back. */
    record Dismiss(WorkId work, SortedSet<String> clients, String reason) implements Effect {}

    /** Journal the closed set and make the new model of it. Answered by Aggregated or AggregationRefused. */
    record Aggregate(WorkId work, SortedMap<String, Counted> included) implements Effect {}

    /** Make the new model durable and believe it. Answered by Committed. */
    record Commit(WorkId work, SortedMap<String, Counted> included, RoundTally tally) implements Effect {}

    /** Tell every client of the work whether it was counted, and give the leases back. */
    record Settle(WorkId work, SortedSet<String> included) implements Effect {}

    /** Journal the end of an attempt without a commit. Answered by Noted. */
    record NoteFailedAttempt(WorkId work, String reason, SortedSet<String> failed, boolean widen) implements Effect {}

    /** Journal that the round is given up. Answered by Noted. */
    record NoteSkipped(WorkId work, String reason, RoundTally tally) implements Effect {}

    /** Merge and journal what an evaluation measured; empty = it failed. Answered by Noted. */
    record NoteEvaluation(WorkId work, SortedMap<String, Counted> included, Optional<String> failure)
            implements Effect {}

    /** Write the last committed model in the user's own format. Answered by CheckpointSaved. */
    record SaveCheckpoint(int round) implements Effect {}

    /** Post Woke then; replaces an earlier wish. */
    record WakeAt(Instant when) implements Effect {}

    /** Release everything, write what the user keeps, journal the end. Answered by Finished. */
    record Finish(RunState state, String reason) implements Effect {}

    /** Tell people. */
    record Announce(String type, Optional<WorkId> work, Optional<String> client, Optional<Fault> code, String message)
            implements Effect {
        static Announce about(WorkId work, String type, String message) {
            return new Announce(type, Optional.of(work), Optional.empty(), Optional.empty(), message);
        }

        static Announce about(WorkId work, String type, Fault code, String message) {
            return new Announce(type, Optional.of(work), Optional.empty(), Optional.of(code), message);
        }

        static Announce client(WorkId work, String type, String client, String message) {
            return new Announce(type, Optional.of(work), Optional.of(client), Optional.empty(), message);
        }

        static Announce client(WorkId work, String type, String client, Rejection rejection) {
            return new Announce(
                    type, Optional.of(work), Optional.of(client), Optional.of(rejection.fault()), rejection.message());
        }
    }
}
