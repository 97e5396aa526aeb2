package io.nsfl.taskmanager.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskPhase;
import io.nsfl.protocol.v1.TaskStatus;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The way of a task from step to step, over restarts and deadlines. */
class TaskDeskTest extends DeskScenario {
    @Test
    void goesTheWholeWay() {
        toHeld();
        desk.directive(key(1), directive(TaskDirective.Order.SETTLED_INCLUDED));

        assertThat(task(1).state()).isEqualTo(TaskState.SETTLED);
        assertThat(steps).containsExactly("fetch", "run", "deliver", "end");
        assertThat(phases())
                .containsExactly(
                        TaskPhase.TASK_PHASE_ACCEPTED, TaskPhase.TASK_PHASE_RUNNING, TaskPhase.TASK_PHASE_DELIVERED);
    }

    @Test
    void givesResourcesBackWhenTheScriptHasEnded() {
        toHeld();

        desk.assign(assignment(2).build());

        assertThat(task(2).state()).isEqualTo(TaskState.FETCHING);
    }

    @Test
    void goesOnWhereItWasAfterARestart() {
        desk.assign(assignment(1).build());
        restart();
        assertThat(steps).containsExactly("fetch");

        desk.fetched(key(1), TaskDescription.newBuilder().setTask(ref(1)).build());
        restart();
        assertThat(steps).containsExactly("run");

        desk.taken(key(1));
        restart();
        assertThat(steps).containsExactly("recover");

        desk.ended(key(1), 0, new TaskResult("/u", "00", Map.of("loss", 0.5), "", "", 5));
        restart();
        assertThat(steps).containsExactly("deliver");
        assertThat(task(1).result().orElseThrow().metrics()).containsEntry("loss", 0.5);

        desk.receipt(key(1), receipt(Receipt.Verdict.HELD));
        restart();
        assertThat(steps).isEmpty();
        assertThat(desk.held().join()).extracting(TaskStatus::getPhase).containsExactly(TaskPhase.TASK_PHASE_DELIVERED);
    }

    @Test
    void deliversAgainWithoutRunningAgain() {
        toHeld();

        desk.directive(key(1), directive(TaskDirective.Order.DELIVER_AGAIN));

        assertThat(steps).containsExactly("fetch", "run", "deliver", "deliver");
    }

    @Test
    void reportsAFailureAndIsOver() {
        toRunning();
        desk.ended(key(1), 0, TaskResult.failure("SCRIPT_FAILED", "line 3", 5));
        assertThat(steps).containsExactly("fetch", "run", "deliver");

        desk.receipt(key(1), receipt(Receipt.Verdict.HELD));

        assertThat(task(1).state()).isEqualTo(TaskState.FAILED);
        assertThat(news.getLast().getPhase()).isEqualTo(TaskPhase.TASK_PHASE_DELIVERED);
    }

    @Test
    void isDroppedWhenItsDeadlinePasses() {
        toRunning();

        timers.advance(DEADLINE);

        assertThat(task(1).state()).isEqualTo(TaskState.DROPPED);
        assertThat(news.getLast().getPhase()).isEqualTo(TaskPhase.TASK_PHASE_DROPPED);
    }

    @Test
    void keepsAHeldResultBeyondItsDeadlineForACoordinatorThatWasDown() {
        toHeld();

        timers.advance(DEADLINE.plusMinutes(30));
        assertThat(task(1).state()).isEqualTo(TaskState.HELD);
        timers.advance(Duration.ofMinutes(31));

        assertThat(task(1).state()).isEqualTo(TaskState.DROPPED);
    }

    @Test
    void dropsATaskLaterWhoseEndCouldNotBeStoredAtItsDeadline() {
        toRunning();
        AtomicBoolean full = new AtomicBoolean();
        store.writeBehind(task -> {
            if (full.get()) {
                throw new FaultException(Fault.STORAGE_UNAVAILABLE, "No space left on device.");
            }
        });
        full.set(true);
        assertThatThrownBy(() -> timers.advance(DEADLINE)).hasRootCauseMessage("No space left on device.");
        assertThat(task(1).state()).isEqualTo(TaskState.RUNNING);

        full.set(false);
        timers.advance(Duration.ofMinutes(2));

        assertThat(task(1).state()).isEqualTo(TaskState.DROPPED);
        assertThat(desk.load().join().runningTasks()).isZero();
    }

    @Test
    void dropsARunningTaskWhoseRoundIsDecidedWithoutIt() {
        toRunning();

        desk.directive(key(1), directive(TaskDirective.Order.SETTLED_DROPPED));

        assertThat(task(1).state()).isEqualTo(TaskState.DROPPED);
    }
}
