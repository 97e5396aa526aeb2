package io.nsfl.taskmanager.state;

import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.WorkPoint;
import java.util.Optional;

/**
 * What is written down about one run's state.
 *
 * @param kept name of the directory that counts; empty = none yet
 * @param pending name of the directory of which it is not known yet whether its round counted it; empty = none
 * @param round that the pending one was made in
 * @param attempt that the pending one was made in
 * @param usedAtMs when a task of the run was last seen
 */
record RunState(
        String namespace, String job, String run, String kept, String pending, int round, int attempt, long usedAtMs) {
    static RunState none(TaskRef task) {
        return new RunState(task.getNamespace(), task.getJob(), task.getRun(), "", "", 0, 0, 0);
    }

    boolean ofSameJob(TaskRef task) {
        return namespace.equals(task.getNamespace()) && job.equals(task.getJob());
    }

    boolean of(TaskRef task) {
        return ofSameJob(task) && run.equals(task.getRun());
    }

    /** Whether this task came after the pending work was decided: only then does it know. */
    boolean decidedBefore(TaskRef task) {
        return task.getRound() > round
                || task.getRound() == round
                        && (task.getKind() == TaskKind.TASK_KIND_EVALUATE || task.getAttempt() > attempt);
    }

    /** The pending one counts if its round and attempt is the last in which this client was counted; otherwise it never will. */
    RunState settled(Optional<WorkPoint> lastIncluded) {
        boolean counted = lastIncluded
                .filter(point -> point.getRound() == round && point.getAttempt() == attempt)
                .isPresent();
        return new RunState(namespace, job, run, counted ? pending : kept, "", 0, 0, usedAtMs);
    }

    RunState holding(String directory, TaskRef task) {
        return new RunState(namespace, job, run, kept, directory, task.getRound(), task.getAttempt(), usedAtMs);
    }

    RunState usedAt(long nowMs) {
        return new RunState(namespace, job, run, kept, pending, round, attempt, nowMs);
    }
}
