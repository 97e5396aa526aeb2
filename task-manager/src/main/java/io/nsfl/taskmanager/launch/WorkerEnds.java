package io.nsfl.taskmanager.launch;

import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.task.TaskResult;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Puts together how the workers of a task ended: it has ended well when all have, with the chief's result, and badly with the first that has.
 * After a restart every executor reports its end again.
 */
final class WorkerEnds {
    private final Map<TaskKey, Ends> open = new HashMap<>();

    private static final class Ends {
        private final int start;
        private final Set<String> well = new HashSet<>();
        private TaskResult chief;

        Ends(int start) {
            this.start = start;
        }
    }

    /**
     * One has ended.
     *
     * @param start which start of the task
     * @param executor which of its workers, {@code chief} or another one
     * @param workers how many executors the task has
     * @return what the task ended with, when that is known by now
     */
    synchronized Optional<TaskResult> ended(
            TaskKey task, int start, String executor, boolean chief, int workers, TaskResult result) {
        if (workers < 2 || result.failed()) {
            open.remove(task);
            return Optional.of(result);
        }
        Ends ends = open.get(task);
        if (ends == null || ends.start < start) {
            ends = new Ends(start);
            open.put(task, ends);
        }
        if (ends.start > start) {
            return Optional.empty();
        }
        ends.well.add(executor);
        ends.chief = chief ? result : ends.chief;
        if (ends.well.size() < workers || ends.chief == null) {
            return Optional.empty();
        }
        open.remove(task);
        return Optional.of(ends.chief);
    }
}
