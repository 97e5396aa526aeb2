package io.nsfl.taskmanager.task;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.workload.WorkloadEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of a task whose script or executor has ended: a result, a failure, or one more start. Used in the desk's mailbox only. */
final class TaskEndings {
    private static final Logger LOG = LoggerFactory.getLogger(TaskEndings.class);
    /** A task is started again so often when a signal killed its script or its executor: the two count together. */
    private static final int KILLS_FORGIVEN = 1;

    private final TaskTable table;
    private final TaskCourse course;

    TaskEndings(TaskTable table, TaskCourse course) {
        this.table = table;
        this.course = course;
    }

    /** Its script ended. @param start which start of it: the end of an earlier one is no news */
    void scriptEnded(TaskRecord task, int start, TaskResult result) {
        if (task.kills() != start) {
            return;
        }
        if (result.awaitsMasking()) {
            course.apply(task, TaskEvent.TRAINED, "");
            return;
        }
        if (result.masked()) {
            masked(task, result);
            return;
        }
        boolean killed = result.faultCode().equals(Fault.SCRIPT_KILLED.name());
        if (killed && withExecutor(task) && task.kills() < KILLS_FORGIVEN) {
            startAgain(task.killedOnceMore(), "Its script was killed from outside; it is started again.");
        } else if (result.failed()) {
            failed(task, result);
        } else {
            course.apply(task.with(result), TaskEvent.ENDED, "");
        }
    }

    /** The executor of a run ended. */
    void executorEnded(String namespace, String job, String run, WorkloadEnd end, String logTail) {
        for (TaskRecord task : table.all()) {
            boolean its = task.key().namespace().equals(namespace)
                    && task.key().job().equals(job)
                    && task.key().run().equals(run);
            if (its && withExecutor(task)) {
                executorEnded(task, end, logTail);
            }
        }
    }

    private void executorEnded(TaskRecord task, WorkloadEnd end, String logTail) {
        boolean fromOutside = end instanceof WorkloadEnd.Killed
                || end instanceof WorkloadEnd.Lost
                || end instanceof WorkloadEnd.Removed;
        if (fromOutside && task.kills() < KILLS_FORGIVEN) {
            startAgain(task.killedOnceMore(), "Its executor is gone: " + end.describe() + "; it is started again.");
            return;
        }
        if (end.success() && task.state() == TaskState.READY) {
            // It went for want of work just before this task came.
            course.proceed(task);
            return;
        }
        Fault fault = end instanceof WorkloadEnd.OutOfMemory
                ? Fault.SCRIPT_OUT_OF_MEMORY
                : fromOutside ? Fault.SCRIPT_KILLED : Fault.WORKLOAD_FAILED;
        String message = "The executor of this task is gone: " + end.describe() + "."
                + (logTail.isBlank() ? "" : "\n" + logTail);
        failed(task, TaskResult.failure(fault.name(), message, 0));
    }

    /** It cannot be done: the reason goes to the coordinator as its result. */
    void failed(TaskRecord task, TaskResult failure) {
        course.apply(task.with(failure), TaskEvent.FAIL, failure.faultMessage());
    }

    /** The vector of an earlier session, or the same one again, is no news. */
    private void masked(TaskRecord task, TaskResult result) {
        int before = task.result().map(TaskResult::maskingSession).orElse(0);
        if (result.maskingSession() > before) {
            course.apply(task.with(result), TaskEvent.MASKED, "");
        }
    }

    private static boolean withExecutor(TaskRecord task) {
        return switch (task.state()) {
            case READY, RUNNING, MASKING -> true;
            case ASSIGNED, FETCHING, DELIVERING, HELD, SETTLED, FAILED, DROPPED -> false;
        };
    }

    private void startAgain(TaskRecord task, String reason) {
        LOG.warn("Task {}: {}", task.id(), reason);
        if (task.state() != TaskState.READY) {
            course.apply(task, TaskEvent.START_AGAIN, reason);
        } else {
            table.put(task);
            course.proceed(task);
        }
    }
}
