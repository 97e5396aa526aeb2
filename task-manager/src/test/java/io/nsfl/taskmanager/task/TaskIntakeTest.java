package io.nsfl.taskmanager.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskPhase;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the desk takes in, what it refuses, and what it answers to a repeat. */
class TaskIntakeTest extends DeskScenario {
    @Test
    void acceptsOnlyWhatIsInTheStore() {
        desk.assign(assignment(1).build());

        assertThat(phases()).containsExactly(TaskPhase.TASK_PHASE_ACCEPTED);
        assertThat(store.tasks()).extracting(TaskRecord::key).containsExactly(key(1));
        assertThat(task(1).id()).isEqualTo("train-mnist-22000-1-20260519144013");
    }

    @Test
    void waitsForItsStartSlot() {
        desk.assign(assignment(1).setStartDelayMs(5000).build());
        assertThat(steps).isEmpty();

        timers.advance(Duration.ofSeconds(5));

        assertThat(steps).containsExactly("fetch");
    }

    @Test
    void refusesWhatDoesNotFitAndSaysWhatIsShort() {
        desk.assign(assignment(1).build());
        desk.assign(assignment(2).build());

        assertThat(news.getLast().getPhase()).isEqualTo(TaskPhase.TASK_PHASE_REFUSED);
        assertThat(news.getLast().getReason().getMessage())
                .contains("2 cpu cores")
                .contains("0 of 2");
        assertThat(desk.find(key(2)).join()).isEmpty();
    }

    @Test
    void answersARepeatedAssignmentWithoutStartingItAgain() {
        toHeld();
        news.clear();

        desk.assign(assignment(1).build());

        assertThat(phases()).containsExactly(TaskPhase.TASK_PHASE_ACCEPTED, TaskPhase.TASK_PHASE_DELIVERED);
        assertThat(steps).containsExactly("fetch", "run", "deliver");
    }

    @Test
    void followsACoordinatorThatWasStartedElsewhere() {
        toRunning();
        desk.ended(key(1), 0, new TaskResult("/u", "00", Map.of(), "", "", 5));

        desk.assign(assignment(1).setCoordinatorAddress("127.0.0.1:2").build());

        assertThat(task(1).assignment().getCoordinatorAddress()).isEqualTo("127.0.0.1:2");
        assertThat(steps).containsExactly("fetch", "run", "deliver", "deliver");
    }

    @Test
    void tellsTheNextCoordinatorOfAFailureToo() {
        toRunning();
        desk.failed(key(1), Fault.SCRIPT_FAILED, "Exit code 3.");
        desk.receipt(key(1), receipt(Receipt.Verdict.HELD));
        assertThat(task(1).state()).isEqualTo(TaskState.FAILED);
        desk.assign(assignment(1).build());
        assertThat(steps).containsExactly("fetch", "run", "deliver", "end");
        news.clear();

        desk.assign(assignment(1).setCoordinatorAddress("127.0.0.1:2").build());

        assertThat(steps).containsExactly("fetch", "run", "deliver", "end", "deliver");
        assertThat(phases()).containsExactly(TaskPhase.TASK_PHASE_ACCEPTED, TaskPhase.TASK_PHASE_RUNNING);
        desk.receipt(key(1), receipt(Receipt.Verdict.HELD));
        assertThat(task(1).state()).isEqualTo(TaskState.FAILED);
        assertThat(task(1).reason()).isEqualTo("Exit code 3.");
    }

    @Test
    void tellsANextCoordinatorThatIsFoundAtTheSamePlace() {
        desk.assign(assignment(1).setEpoch(1).build());
        desk.failed(key(1), Fault.SCRIPT_FAILED, "Exit code 3.");
        desk.receipt(key(1), receipt(Receipt.Verdict.HELD));
        desk.assign(assignment(1).setEpoch(1).build());
        assertThat(steps).containsExactly("fetch", "deliver", "end");

        desk.assign(assignment(1).setEpoch(2).build());

        assertThat(steps).containsExactly("fetch", "deliver", "end", "deliver");
    }

    @Test
    void takesTheDeadlineOfANextCoordinatorThatIsFoundAtTheSamePlace() {
        desk.assign(assignment(1).setEpoch(1).setDeadlineMs(60_000).build());
        timers.advance(Duration.ofSeconds(50));

        desk.assign(assignment(1).setEpoch(2).setDeadlineMs(60_000).build());
        timers.advance(Duration.ofSeconds(50));

        assertThat(task(1).state()).isEqualTo(TaskState.FETCHING);
    }

    @Test
    void tellsTheNextCoordinatorWhyTheFirstRefusedTheResult() {
        toRunning();
        desk.ended(key(1), 0, new TaskResult("/u", "00", Map.of(), "", "", 5));
        desk.receipt(
                key(1),
                receipt(Receipt.Verdict.REJECTED).toBuilder()
                        .setFault(FaultDetail.newBuilder()
                                .setCode(Fault.UPDATE_MALFORMED.name())
                                .setMessage("NaN."))
                        .build());
        restart();

        desk.assign(assignment(1).setCoordinatorAddress("127.0.0.1:2").build());

        assertThat(steps).containsExactly("end", "deliver");
        TaskResult told = task(1).result().orElseThrow();
        assertThat(told.failed()).isTrue();
        assertThat(told.faultCode()).isEqualTo("UPDATE_MALFORMED");
        assertThat(told.faultMessage()).isEqualTo("NaN.");
        assertThat(told.made()).as("the data was used").isTrue();
    }

    @Test
    void remembersATaskThatIsOverAndDoesNotTakeItAgain() {
        toHeld();
        desk.directive(key(1), directive(TaskDirective.Order.SETTLED_INCLUDED));
        restart();
        steps.clear();

        desk.assign(assignment(1).build());

        assertThat(steps).isEmpty();
        assertThat(phases()).containsExactly(TaskPhase.TASK_PHASE_ACCEPTED, TaskPhase.TASK_PHASE_DELIVERED);
    }
}
