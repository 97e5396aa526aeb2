package io.nsfl.taskmanager.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.taskmanager.TestTasks;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.task.TaskResult;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkerEndsTest {
    private static final TaskKey TASK = TaskKey.of(TestTasks.training(1));
    private static final TaskResult CHIEFS = new TaskResult("/w/delta", "aa", Map.of("loss", 1.0), "", "", 5);
    private static final TaskResult HELPERS = new TaskResult("", "", Map.of(), "", "", 5);

    private final WorkerEnds ends = new WorkerEnds();

    private Optional<TaskResult> chief(int start) {
        return ends.ended(TASK, start, "x-0", true, 2, CHIEFS);
    }

    private Optional<TaskResult> helper(int start) {
        return ends.ended(TASK, start, "x-1", false, 2, HELPERS);
    }

    @Test
    void endsWellWithTheChiefsResultWhenAllHave() {
        assertThat(chief(0)).isEmpty();
        assertThat(chief(0)).isEmpty();
        assertThat(helper(0)).contains(CHIEFS);
    }

    @Test
    void endsBadlyWithTheFirst() {
        TaskResult failure = TaskResult.failure("SCRIPT_FAILED", "exit code 1", 5);
        chief(0);

        assertThat(ends.ended(TASK, 0, "x-1", false, 2, failure)).contains(failure);
    }

    @Test
    void mixesNoStartsOfATask() {
        chief(0);

        assertThat(helper(1)).isEmpty();
        assertThat(chief(0)).isEmpty();
        assertThat(chief(1)).contains(CHIEFS);
    }

    @Test
    void waitsForNobodyWhereThereIsOneExecutor() {
        assertThat(ends.ended(TASK, 0, "x", true, 1, CHIEFS)).contains(CHIEFS);
    }
}
