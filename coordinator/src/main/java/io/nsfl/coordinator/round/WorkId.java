package io.nsfl.coordinator.round;

import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;

/** Which work of a run something is about: the key of everything between the engine and the outside. */
public record WorkId(int round, int attempt, TaskKind kind) {
    public static WorkId train(int round) {
        return new WorkId(round, 1, TaskKind.TASK_KIND_TRAIN);
    }

    public static WorkId evaluate(int round) {
        return new WorkId(round, 1, TaskKind.TASK_KIND_EVALUATE);
    }

    public static WorkId of(TaskRef task) {
        return new WorkId(task.getRound(), task.getAttempt(), task.getKind());
    }

    public WorkId nextAttempt() {
        return new WorkId(round, attempt + 1, kind);
    }

    public boolean trains() {
        return kind == TaskKind.TASK_KIND_TRAIN;
    }
}
