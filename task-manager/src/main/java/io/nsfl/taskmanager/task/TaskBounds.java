package io.nsfl.taskmanager.task;

import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.taskmanager.ids.TaskKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** The moment of each task after which nobody waits for it. Used in the desk's mailbox only. */
final class TaskBounds {
    /** How long past its deadline a finished result is still offered: the time a coordinator was down does not count for its round. */
    private static final Duration RESULT_GRACE = Duration.ofHours(1);

    private static final Duration AGAIN = Duration.ofMinutes(1);

    private final Mailbox mailbox;
    private final Timers timers;
    private final InstantSource clock;
    private final Map<TaskKey, Timers.Timer> bounds = new HashMap<>();

    TaskBounds(Mailbox mailbox, Timers timers, InstantSource clock) {
        this.mailbox = mailbox;
        this.timers = timers;
        this.clock = clock;
    }

    /** Sets the bound that the task has now, in the place of an earlier one; none for a task that is over. */
    void set(TaskRecord task, Runnable passed) {
        Timers.Timer old = bounds.remove(task.key());
        if (old != null) {
            old.cancel();
        }
        if (!task.state().over()) {
            Instant end = task.state().holdsResources()
                    ? task.deadline()
                    : task.deadline().plus(RESULT_GRACE);
            at(Duration.between(clock.instant(), end), task.key(), passed);
        }
    }

    private void at(Duration wait, TaskKey task, Runnable passed) {
        bounds.put(task, timers.schedule(wait, mailbox, () -> {
            try {
                passed.run();
            } catch (RuntimeException notStored) {
                // A full disk, say. The task keeps what it holds until its end can be written down.
                at(AGAIN, task, passed);
                throw notStored;
            }
        }));
    }
}
