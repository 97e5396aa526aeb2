package io.nsfl.taskmanager.task;

import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.queue.Admission;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves tasks from state to state: looks the transition up, writes the new state, gives back what the task holds no more, and has the
 * next step done. Used in the desk's mailbox only.
 */
final class TaskCourse {
    private static final Logger LOG = LoggerFactory.getLogger(TaskCourse.class);

    private final TaskTable table;
    private final TaskBounds bounds;
    private final Admission admission;
    private final TaskNews news;
    private final Mailbox mailbox;
    private final Timers timers;
    private final InstantSource clock;
    private TaskSteps steps;

    TaskCourse(
            TaskTable table,
            TaskBounds bounds,
            Admission admission,
            TaskNews news,
            Mailbox mailbox,
            Timers timers,
            InstantSource clock) {
        this.table = table;
        this.bounds = bounds;
        this.admission = admission;
        this.news = news;
        this.mailbox = mailbox;
        this.timers = timers;
        this.clock = clock;
    }

    /** Goes on with every task in the table where it was. The first call of all. */
    void open(TaskSteps doneBy) {
        steps = doneBy;
        table.all().forEach(this::resume);
    }

    private void resume(TaskRecord task) {
        if (task.state().holdsResources()) {
            admission.restore(task.key(), task.resources());
        }
        if (!task.state().over()) {
            LOG.info("Task {} goes on: it was {}", task.id(), task.state().stage());
            bound(task);
        }
        switch (task.state()) {
            case RUNNING, MASKING -> {
                steps.follow(task);
                steps.recover(task);
            }
            case ASSIGNED, FETCHING, READY, DELIVERING, HELD -> {
                if (task.state() != TaskState.ASSIGNED) {
                    steps.follow(task);
                }
                if (task.result().filter(TaskResult::masked).isPresent()) {
                    // Its executor is still needed to take the masks off.
                    steps.recover(task);
                }
                proceed(task);
            }
            case SETTLED, FAILED, DROPPED -> steps.end(task);
        }
    }

    /** Puts a new task on its way. */
    void begin(TaskRecord task) {
        bound(task);
        proceed(task);
    }

    /** Goes on with a task whose coordinator is now found elsewhere. */
    void reassign(TaskRecord task) {
        table.put(task);
        bound(task);
        steps.follow(task);
        if (task.state() == TaskState.DELIVERING || task.state() == TaskState.FETCHING) {
            proceed(task);
        }
    }

    /** Applies the event to the task of this key as the change leaves it, if there is one to which the event means something. */
    void on(TaskKey key, TaskEvent event, String reason, UnaryOperator<TaskRecord> change) {
        table.find(key)
                .filter(task -> task.state().on(event).isPresent())
                .ifPresent(task -> apply(change.apply(task), event, reason));
    }

    /** The transition: to the store, then believed, then acted upon. Nothing happens where the event means nothing. */
    void apply(TaskRecord task, TaskEvent event, String reason) {
        Optional<TaskState> next = task.state().on(event);
        if (next.isEmpty()) {
            return;
        }
        TaskRecord moved = task.in(next.get(), reason, clock.instant());
        if (moved.state().over()) {
            moved = moved.slim();
        }
        table.put(moved);
        if (!task.state().holdsResources() && moved.state().holdsResources()) {
            admission.restore(moved.key(), moved.resources());
        }
        LOG.info("Task {} is {}{}", moved.id(), moved.state().stage(), reason.isEmpty() ? "" : ": " + reason);
        if (task.state().holdsResources() && !moved.state().holdsResources()) {
            admission.release(moved.key());
            news.loadChanged();
        }
        if (task.state().phase() != moved.state().phase()) {
            news.status(moved.status());
        }
        bound(moved);
        if (moved.state().over()) {
            steps.end(moved);
            table.forgetOldest();
        } else {
            steps.follow(moved);
            proceed(moved);
        }
    }

    /** Has done what the task's state calls for. */
    void proceed(TaskRecord task) {
        switch (task.state()) {
            case ASSIGNED -> beginAtItsSlot(task);
            case FETCHING -> steps.fetch(task);
            case READY -> steps.run(task);
            case MASKING -> steps.mask(task);
            case DELIVERING -> steps.deliver(task);
            case RUNNING, HELD, SETTLED, FAILED, DROPPED -> {
                // Somebody else has the next move.
            }
        }
    }

    private void beginAtItsSlot(TaskRecord task) {
        Duration wait = Duration.between(
                clock.instant(), task.acceptedAt().plusMillis(task.assignment().getStartDelayMs()));
        if (wait.isPositive()) {
            timers.schedule(wait, mailbox, () -> on(task.key(), TaskEvent.BEGIN, "", same -> same));
        } else {
            apply(task, TaskEvent.BEGIN, "");
        }
    }

    private void bound(TaskRecord task) {
        bounds.set(task, () -> on(task.key(), TaskEvent.DROP, "Its deadline has passed.", same -> same));
    }
}
