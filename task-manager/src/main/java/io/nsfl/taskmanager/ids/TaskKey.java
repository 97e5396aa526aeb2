package io.nsfl.taskmanager.ids;

import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;

/** Which piece of work a task is: what servers and this client name it by. The client itself is always the same. */
public record TaskKey(String namespace, String job, String run, int round, int attempt, TaskKind kind) {
    /** What the store takes as a key. */
    public static final int MAX_LENGTH = 400;

    public static TaskKey of(TaskRef ref) {
        return new TaskKey(
                ref.getNamespace(), ref.getJob(), ref.getRun(), ref.getRound(), ref.getAttempt(), ref.getKind());
    }

    /** {@code train} or {@code evaluate}: the section of the task config, and the first word of the task's id. */
    public String mode() {
        return kind == TaskKind.TASK_KIND_EVALUATE ? "evaluate" : "train";
    }

    /** Unique and printable. */
    @Override
    public String toString() {
        return namespace + "/" + job + "/" + run + "/" + round + "." + attempt + "/" + mode();
    }
}
