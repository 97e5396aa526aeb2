package io.nsfl.coordinator.round;

import io.nsfl.protocol.v1.Progress;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskRef;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Where the client-facing side of a coordinator meets the round engine. Callable from any thread; no method blocks on the engine.
 *
 * <p>Callers have verified the task's token before: the desk decides what a genuine task may have, not who is genuine.
 */
public interface RoundDesk {
    /** What is open now: one work at most, but in asynchronous runs; empty between rounds and after the end. */
    Set<WorkId> open();

    /** One of them; empty = it is not open. */
    Optional<OpenWork> open(WorkId work);

    /**
     * The description of a task that is open.
     *
     * @throws io.nsfl.protocol.fault.FaultException STALE_RUN another run or an older epoch's round; STALE the round or attempt is
     *     over or the client was not chosen for it; UNAVAILABLE with retry-after while the engine is still opening it
     */
    TaskDescription describe(TaskRef task);

    /**
     * Completes when {@link #describe} has all to tell that will save the client bytes; never exceptionally. What is described before is enough to
     * work with.
     */
    default CompletionStage<Void> prepared(TaskRef task) {
        return CompletableFuture.completedStage(null);
    }

    /**
     * One artifact of an open task, by the name that its description gives.
     *
     * @throws io.nsfl.protocol.fault.FaultException as {@link #describe}; ARTIFACT_UNKNOWN no artifact of this name
     */
    ArtifactFile artifact(TaskRef task, String name);

    /**
     * Hands a verified result to the engine. The stage completes with the decision: HELD once an update is folded or an evaluation is
     * counted, REJECTED with its fault otherwise, SETTLED_DROPPED for the report of a failed task. It never completes
     * exceptionally but when the coordinator ends. Offering the same result again gives the same receipt.
     */
    CompletionStage<Receipt> offer(StagedResult result);

    /** The masking session that is open for this work; 0 = none is. */
    default int maskingSession(WorkId work) {
        return 0;
    }

    /** What was decided about this task before, if anything. */
    Optional<Receipt> decided(TaskRef task);

    /**
     * Subscribes to the orders for a task. The order that holds now, if any, is given at once; an order that settles the task is the
     * last one. The sink is called from any thread, one call at a time, and must not block.
     *
     * @return ends the subscription
     */
    Subscription directives(TaskRef task, Consumer<TaskDirective> sink);

    /** A client's word about a task it works on. */
    void progress(Progress progress);

    /** A subscription that can be ended; ending it twice is harmless. */
    @FunctionalInterface
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
