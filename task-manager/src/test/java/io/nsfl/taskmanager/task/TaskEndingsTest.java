package io.nsfl.taskmanager.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.workload.WorkloadEnd;
import org.junit.jupiter.api.Test;

/** What becomes of a task whose script or executor ended. */
class TaskEndingsTest extends DeskScenario {
    @Test
    void startsOnceMoreWhenASignalKilledItsExecutor() {
        toRunning();
        desk.executorEnded("default", "mnist", "run-1", new WorkloadEnd.Killed(9), "");
        assertThat(task(1).state()).isEqualTo(TaskState.READY);
        desk.taken(key(1));

        desk.executorEnded("default", "mnist", "run-1", new WorkloadEnd.Killed(9), "");

        assertThat(task(1).state()).isEqualTo(TaskState.DELIVERING);
        assertThat(task(1).result().orElseThrow().faultCode()).isEqualTo(Fault.SCRIPT_KILLED.name());
    }

    @Test
    void startsOnceMoreWhenItsExecutorWasTakenAway() {
        toRunning();

        desk.executorEnded("default", "mnist", "run-1", new WorkloadEnd.Removed("it was deleted by somebody"), "");

        assertThat(task(1).state()).isEqualTo(TaskState.READY);
    }

    @Test
    void saysWhyAnExecutorNeverRan() {
        toRunning();

        desk.executorEnded(
                "default", "mnist", "run-1", new WorkloadEnd.NotStarted("its image cannot be had: not found"), "");

        assertThat(task(1).result().orElseThrow().faultMessage()).contains("its image cannot be had: not found");
    }

    @Test
    void startsOnceMoreWhenASignalKilledItsScript() {
        toRunning();

        desk.ended(key(1), 0, killedScript());

        assertThat(task(1).state()).isEqualTo(TaskState.READY);
        assertThat(steps).containsExactly("fetch", "run", "run");
    }

    @Test
    void countsKilledScriptsAndKilledExecutorsTogether() {
        toRunning();
        desk.executorEnded("default", "mnist", "run-1", new WorkloadEnd.Killed(9), "");
        desk.taken(key(1));

        desk.ended(key(1), 1, killedScript());

        assertThat(task(1).state()).isEqualTo(TaskState.DELIVERING);
        assertThat(task(1).result().orElseThrow().faultCode()).isEqualTo(Fault.SCRIPT_KILLED.name());
    }

    @Test
    void takesNoNoticeOfTheEndOfAnEarlierStart() {
        toRunning();
        desk.ended(key(1), 0, killedScript());
        desk.taken(key(1));

        desk.ended(key(1), 0, killedScript());

        assertThat(task(1).state()).isEqualTo(TaskState.RUNNING);
    }

    @Test
    void failsAtOnceWhenItsExecutorEndsByItself() {
        toRunning();

        desk.executorEnded("default", "mnist", "run-1", new WorkloadEnd.Exited(1), "the last line\n");

        assertThat(task(1).result().orElseThrow().faultMessage()).contains("exit code 1", "the last line");
        assertThat(steps).containsExactly("fetch", "run", "deliver");
    }

    @Test
    void isNotTouchedByTheEndOfAnotherRunsExecutor() {
        toRunning();

        desk.executorEnded("default", "mnist", "run-2", new WorkloadEnd.Exited(1), "");

        assertThat(task(1).state()).isEqualTo(TaskState.RUNNING);
    }

    @Test
    void launchesAnExecutorAnewThatWentIdleJustBefore() {
        desk.assign(assignment(1).build());
        desk.fetched(key(1), TaskDescription.newBuilder().setTask(ref(1)).build());

        desk.executorEnded("default", "mnist", "run-1", new WorkloadEnd.Exited(0), "");

        assertThat(steps).containsExactly("fetch", "run", "run");
    }

    private static TaskResult killedScript() {
        return TaskResult.failure(Fault.SCRIPT_KILLED.name(), "killed by signal 9", 5);
    }
}
