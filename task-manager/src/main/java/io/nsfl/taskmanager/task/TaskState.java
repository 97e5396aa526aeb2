package io.nsfl.taskmanager.task;

import io.nsfl.protocol.v1.TaskPhase;
import java.util.Map;
import java.util.Optional;

/**
 * Where a task is in its life at the client. All transitions are in this table; an event that a state does not name changes nothing,
 * because everything the client hears may come late or twice.
 */
public enum TaskState {
    /** Written to the store and accepted; waits for its start slot. */
    ASSIGNED("assigned", TaskPhase.TASK_PHASE_ACCEPTED),
    /** Its description and files are on the way. */
    FETCHING("fetching", TaskPhase.TASK_PHASE_ACCEPTED),
    /** Its workspace is complete; waits for its executor. */
    READY("ready", TaskPhase.TASK_PHASE_ACCEPTED),
    /** Its executor has it. */
    RUNNING("training", TaskPhase.TASK_PHASE_RUNNING),
    /** It has trained; its executor masks the result together with other clients. */
    MASKING("masking", TaskPhase.TASK_PHASE_RUNNING),
    /** Its result, or the reason of its failure, is stored and on the way to the coordinator. */
    DELIVERING("delivering", TaskPhase.TASK_PHASE_RUNNING),
    /** The coordinator holds the result; the bytes stay here until the round is decided. */
    HELD("held", TaskPhase.TASK_PHASE_DELIVERED),
    /** Over: the round was decided. */
    SETTLED("settled", TaskPhase.TASK_PHASE_DELIVERED),
    /** Over, unless another coordinator asks: it failed, or its result was refused, and the coordinator knows. */
    FAILED("failed", TaskPhase.TASK_PHASE_DELIVERED),
    /** Over: nobody needed it any more. */
    DROPPED("dropped", TaskPhase.TASK_PHASE_DROPPED);

    private final String stage;
    private final TaskPhase phase;

    TaskState(String stage, TaskPhase phase) {
        this.stage = stage;
        this.phase = phase;
    }

    /** The name a coordinator sees in progress messages. */
    public String stage() {
        return stage;
    }

    /** What the selector is told. */
    public TaskPhase phase() {
        return phase;
    }

    /** The state after this event; empty = the event means nothing here. */
    public Optional<TaskState> on(TaskEvent event) {
        return Optional.ofNullable(transitions().get(event));
    }

    /** All transitions from here. */
    public Map<TaskEvent, TaskState> transitions() {
        return switch (this) {
            case ASSIGNED -> Map.of(TaskEvent.BEGIN, FETCHING, TaskEvent.FAIL, DELIVERING, TaskEvent.DROP, DROPPED);
            case FETCHING -> Map.of(TaskEvent.FETCHED, READY, TaskEvent.FAIL, DELIVERING, TaskEvent.DROP, DROPPED);
            case READY ->
                Map.of(
                        TaskEvent.TAKEN, RUNNING,
                        TaskEvent.ENDED, DELIVERING,
                        TaskEvent.TRAINED, MASKING,
                        TaskEvent.FAIL, DELIVERING,
                        TaskEvent.DROP, DROPPED);
            case RUNNING ->
                Map.of(
                        TaskEvent.START_AGAIN, READY,
                        TaskEvent.ENDED, DELIVERING,
                        TaskEvent.TRAINED, MASKING,
                        TaskEvent.FAIL, DELIVERING,
                        TaskEvent.DROP, DROPPED);
            case MASKING ->
                Map.of(
                        TaskEvent.START_AGAIN, READY,
                        TaskEvent.MASKED, DELIVERING,
                        TaskEvent.FAIL, DELIVERING,
                        TaskEvent.SETTLED, SETTLED,
                        TaskEvent.DROP, DROPPED);
            case DELIVERING ->
                Map.of(
                        TaskEvent.HELD, HELD,
                        TaskEvent.MASKED, DELIVERING,
                        TaskEvent.REPORTED, FAILED,
                        TaskEvent.SETTLED, SETTLED,
                        TaskEvent.DROP, DROPPED);
            case HELD ->
                Map.of(
                        TaskEvent.DELIVER_AGAIN, DELIVERING,
                        TaskEvent.MASKED, DELIVERING,
                        TaskEvent.SETTLED, SETTLED,
                        TaskEvent.DROP, DROPPED);
            case FAILED -> Map.of(TaskEvent.REPORT_AGAIN, DELIVERING);
            case SETTLED, DROPPED -> Map.of();
        };
    }

    /** Nothing is left to do for it. */
    public boolean over() {
        return switch (this) {
            case ASSIGNED, FETCHING, READY, RUNNING, MASKING, DELIVERING, HELD -> false;
            case SETTLED, FAILED, DROPPED -> true;
        };
    }

    /** It has cores and memory of this client. */
    public boolean holdsResources() {
        return switch (this) {
            case ASSIGNED, FETCHING, READY, RUNNING -> true;
            case MASKING, DELIVERING, HELD, SETTLED, FAILED, DROPPED -> false;
        };
    }
}
