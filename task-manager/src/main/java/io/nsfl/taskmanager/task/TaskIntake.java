package io.nsfl.taskmanager.task;

import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.TaskPhase;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskStatus;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.queue.Admission;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes tasks in or refuses them, and answers assignments that come again. Used in the desk's mailbox only. */
final class TaskIntake {
    private static final Logger LOG = LoggerFactory.getLogger(TaskIntake.class);

    private final TaskTable table;
    private final TaskCourse course;
    private final Admission admission;
    private final TaskNews news;
    private final TaskIds ids;
    private final InstantSource clock;

    TaskIntake(
            TaskTable table, TaskCourse course, Admission admission, TaskNews news, TaskIds ids, InstantSource clock) {
        this.table = table;
        this.course = course;
        this.admission = admission;
        this.news = news;
        this.ids = ids;
        this.clock = clock;
    }

    void assign(Assignment assignment) {
        TaskKey key = TaskKey.of(assignment.getTask());
        table.find(key).ifPresentOrElse(known -> repeat(known, assignment), () -> take(key, assignment));
    }

    private void take(TaskKey key, Assignment assignment) {
        Optional<Admission.Refusal> refusal = admission.refuses(key, assignment);
        if (refusal.isPresent()) {
            refuse(key, assignment.getTask(), refusal.get());
            return;
        }
        Instant now = clock.instant();
        TaskRecord task = new TaskRecord(
                ids.next(key, now, table::named),
                assignment,
                TaskState.ASSIGNED,
                admission.reserved(key),
                Optional.empty(),
                0,
                Optional.empty(),
                "",
                now,
                now.plusMillis(assignment.getDeadlineMs()),
                now);
        try {
            table.put(task);
        } catch (RuntimeException e) {
            admission.release(key);
            throw e;
        }
        LOG.info("Accepted {} as {}", key, task.id());
        news.status(task.status(TaskPhase.TASK_PHASE_ACCEPTED));
        news.loadChanged();
        course.begin(task);
    }

    private void refuse(TaskKey key, TaskRef ref, Admission.Refusal refusal) {
        LOG.info("Refused {}: {}", key, refusal.message());
        news.status(TaskStatus.newBuilder()
                .setTask(ref)
                .setPhase(TaskPhase.TASK_PHASE_REFUSED)
                .setReason(refusal.detail())
                .build());
    }

    /** A coordinator that was started again has a higher epoch, another address maybe, and a later deadline, and keeps the work. */
    private void repeat(TaskRecord known, Assignment assignment) {
        TaskRecord task = known;
        if (another(known.assignment(), assignment)) {
            task = known.reassigned(assignment, clock.instant().plusMillis(assignment.getDeadlineMs()));
            if (task.state() == TaskState.FAILED) {
                news.status(task.status(TaskPhase.TASK_PHASE_ACCEPTED));
                course.apply(task, TaskEvent.REPORT_AGAIN, task.reason());
                return;
            }
            if (!task.state().over()) {
                course.reassign(task);
            }
        }
        news.status(task.status(TaskPhase.TASK_PHASE_ACCEPTED));
        if (task.state().phase() != TaskPhase.TASK_PHASE_ACCEPTED) {
            news.status(task.status());
        }
    }

    /** Behind a proxy, or on the client's own channel, all coordinators of a job are found at the same place. */
    private static boolean another(Assignment known, Assignment now) {
        return now.getEpoch() > known.getEpoch()
                || !known.getCoordinatorAddress().equals(now.getCoordinatorAddress())
                || !known.getRoute().equals(now.getRoute());
    }
}
