package io.nsfl.taskmanager.task;

import static io.nsfl.taskmanager.task.TaskState.ASSIGNED;
import static io.nsfl.taskmanager.task.TaskState.DELIVERING;
import static io.nsfl.taskmanager.task.TaskState.DROPPED;
import static io.nsfl.taskmanager.task.TaskState.FAILED;
import static io.nsfl.taskmanager.task.TaskState.FETCHING;
import static io.nsfl.taskmanager.task.TaskState.HELD;
import static io.nsfl.taskmanager.task.TaskState.MASKING;
import static io.nsfl.taskmanager.task.TaskState.READY;
import static io.nsfl.taskmanager.task.TaskState.RUNNING;
import static io.nsfl.taskmanager.task.TaskState.SETTLED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TaskStateTest {
    /** Every row of the table, written a second time. */
    private static final Map<TaskState, Map<TaskEvent, TaskState>> TABLE = Map.of(
            ASSIGNED, Map.of(TaskEvent.BEGIN, FETCHING, TaskEvent.FAIL, DELIVERING, TaskEvent.DROP, DROPPED),
            FETCHING, Map.of(TaskEvent.FETCHED, READY, TaskEvent.FAIL, DELIVERING, TaskEvent.DROP, DROPPED),
            READY,
                    Map.of(
                            TaskEvent.TAKEN, RUNNING,
                            TaskEvent.ENDED, DELIVERING,
                            TaskEvent.TRAINED, MASKING,
                            TaskEvent.FAIL, DELIVERING,
                            TaskEvent.DROP, DROPPED),
            RUNNING,
                    Map.of(
                            TaskEvent.START_AGAIN, READY,
                            TaskEvent.ENDED, DELIVERING,
                            TaskEvent.TRAINED, MASKING,
                            TaskEvent.FAIL, DELIVERING,
                            TaskEvent.DROP, DROPPED),
            MASKING,
                    Map.of(
                            TaskEvent.START_AGAIN, READY,
                            TaskEvent.MASKED, DELIVERING,
                            TaskEvent.FAIL, DELIVERING,
                            TaskEvent.SETTLED, SETTLED,
                            TaskEvent.DROP, DROPPED),
            DELIVERING,
                    Map.of(
                            TaskEvent.HELD, HELD,
                            TaskEvent.MASKED, DELIVERING,
                            TaskEvent.REPORTED, FAILED,
                            TaskEvent.SETTLED, SETTLED,
                            TaskEvent.DROP, DROPPED),
            HELD,
                    Map.of(
                            TaskEvent.DELIVER_AGAIN, DELIVERING,
                            TaskEvent.MASKED, DELIVERING,
                            TaskEvent.SETTLED, SETTLED,
                            TaskEvent.DROP, DROPPED),
            SETTLED, Map.of(),
            FAILED, Map.of(TaskEvent.REPORT_AGAIN, DELIVERING),
            DROPPED, Map.of());

    @Test
    void goesWhereTheTableSaysAndNowhereElse() {
        for (TaskState state : TaskState.values()) {
            for (TaskEvent event : TaskEvent.values()) {
                assertThat(state.on(event).orElse(null))
                        .as("%s on %s", state, event)
                        .isEqualTo(TABLE.get(state).get(event));
            }
        }
    }

    @Test
    void isOverWhereTheRoundNeedsNothingMoreOfIt() {
        assertThat(EnumSet.allOf(TaskState.class).stream().filter(TaskState::over))
                .containsExactly(SETTLED, FAILED, DROPPED);
    }

    @Test
    void reachesEveryStateFromTheFirst() {
        Set<TaskState> reached = EnumSet.of(ASSIGNED);
        for (int step = 0; step < TaskState.values().length; step++) {
            for (TaskState state : EnumSet.copyOf(reached)) {
                reached.addAll(state.transitions().values());
            }
        }
        assertThat(reached).containsExactlyInAnyOrder(TaskState.values());
    }

    @Test
    void canBeDroppedUntilItIsOver() {
        for (TaskState state : TaskState.values()) {
            assertThat(state.on(TaskEvent.DROP).isPresent()).as(state.name()).isEqualTo(!state.over());
        }
    }
}
