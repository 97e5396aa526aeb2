package io.nsfl.taskmanager.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.workload.WorkloadEnd;
import org.junit.jupiter.api.Test;

/** A task whose result is masked together with other clients before it leaves. */
class MaskedTaskTest extends DeskScenario {
    @Test
    void staysWithItsExecutorUntilItIsMasked() {
        toMasking();

        assertThat(task(1).state()).isEqualTo(TaskState.MASKING);
        assertThat(desk.load().join().runningTasks()).isZero();

        desk.ended(key(1), 0, masked(1));

        assertThat(task(1).state()).isEqualTo(TaskState.DELIVERING);
        assertThat(steps).containsExactly("fetch", "run", "mask", "deliver");
    }

    @Test
    void isDeliveredAgainForALaterSession() {
        toMasking();
        desk.ended(key(1), 0, masked(1));
        desk.receipt(key(1), receipt(Receipt.Verdict.HELD));

        desk.ended(key(1), 0, masked(2));

        assertThat(task(1).state()).isEqualTo(TaskState.DELIVERING);
        assertThat(task(1).result().orElseThrow().maskingSession()).isEqualTo(2);
    }

    @Test
    void takesNoNoticeOfASessionThatIsOver() {
        toMasking();
        desk.ended(key(1), 0, masked(2));
        desk.receipt(key(1), receipt(Receipt.Verdict.HELD));

        desk.ended(key(1), 0, masked(1));
        desk.ended(key(1), 0, masked(2));
        desk.ended(key(1), 0, TaskResult.awaitingMask(5));

        assertThat(task(1).state()).isEqualTo(TaskState.HELD);
    }

    @Test
    void isSettledWithoutHavingBeenMasked() {
        toMasking();

        desk.directive(
                key(1),
                TaskDirective.newBuilder()
                        .setOrder(TaskDirective.Order.SETTLED_DROPPED)
                        .build());

        assertThat(task(1).state()).isEqualTo(TaskState.SETTLED);
    }

    @Test
    void goesBackToItsExecutorWhenThatIsKilled() {
        toMasking();

        desk.executorEnded("default", "mnist", "run-1", new WorkloadEnd.Killed(9), "");

        assertThat(task(1).state()).isEqualTo(TaskState.READY);
        assertThat(desk.load().join().runningTasks()).isEqualTo(1);
    }

    @Test
    void remembersItsMaskedVectorAndAsksForItsExecutorAfterARestart() {
        toMasking();
        desk.ended(key(1), 0, masked(3));
        desk.receipt(key(1), receipt(Receipt.Verdict.HELD));

        restart();

        assertThat(task(1).state()).isEqualTo(TaskState.HELD);
        assertThat(task(1).result().orElseThrow()).isEqualTo(masked(3));
        assertThat(steps).endsWith("recover");
    }

    private void toMasking() {
        toRunning();
        desk.ended(key(1), 0, TaskResult.awaitingMask(5));
    }

    private static TaskResult masked(int session) {
        return TaskResult.masked("/w/masked-" + session + ".safetensors", "ab", 5, session);
    }
}
