package io.nsfl.taskmanager;

import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;

/** Tasks of tests: one client's in one run. */
public final class TestTasks {
    private TestTasks() {}

    /** The training of a round. */
    public static TaskRef training(int round) {
        return TaskRef.newBuilder()
                .setNamespace("default")
                .setJob("mnist")
                .setRun("run-1")
                .setRound(round)
                .setAttempt(1)
                .setClientId("c-1")
                .setKind(TaskKind.TASK_KIND_TRAIN)
                .build();
    }
}
