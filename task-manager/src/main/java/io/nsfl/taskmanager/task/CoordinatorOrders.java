package io.nsfl.taskmanager.task;

import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.TaskDirective;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a coordinator says about a task, as events of its life. Used in the desk's mailbox only. */
final class CoordinatorOrders {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorOrders.class);

    private final TaskCourse course;

    CoordinatorOrders(TaskCourse course) {
        this.course = course;
    }

    /** The answer to the delivery. */
    void receipt(TaskRecord task, Receipt receipt) {
        boolean failed = task.result().map(TaskResult::failed).orElse(true);
        switch (receipt.getVerdict()) {
            case HELD -> course.apply(task, failed ? TaskEvent.REPORTED : TaskEvent.HELD, task.reason());
            case REJECTED ->
                course.apply(
                        task.with(refused(task, receipt.getFault())),
                        TaskEvent.REPORTED,
                        receipt.getFault().getMessage());
            case SETTLED_INCLUDED, SETTLED_DROPPED ->
                course.apply(task, failed ? TaskEvent.REPORTED : TaskEvent.SETTLED, task.reason());
            case VERDICT_UNSPECIFIED, UNRECOGNIZED ->
                LOG.warn("The coordinator of {} sent a receipt without a verdict", task.id());
        }
    }

    private static TaskResult refused(TaskRecord task, FaultDetail why) {
        return task.result()
                .map(result -> result.refused(why.getCode(), why.getMessage()))
                .orElseGet(() -> TaskResult.failure(why.getCode(), why.getMessage(), 0));
    }

    /** An order for a task that it follows. */
    void directive(TaskRecord task, TaskDirective directive) {
        switch (directive.getOrder()) {
            case STOP -> course.apply(task, TaskEvent.DROP, "The coordinator stopped it: " + directive.getReason());
            case SETTLED_INCLUDED -> settle(task, "Its result counts in the committed model.");
            case SETTLED_DROPPED -> settle(task, "Its result was not counted: " + directive.getReason());
            case DELIVER_AGAIN -> course.apply(task, TaskEvent.DELIVER_AGAIN, "The coordinator asked for it again.");
            case ORDER_UNSPECIFIED, UNRECOGNIZED -> {
                // A beat, or an order of a later version.
            }
        }
    }

    private void settle(TaskRecord task, String reason) {
        boolean waits = task.state().on(TaskEvent.SETTLED).isPresent();
        course.apply(task, waits ? TaskEvent.SETTLED : TaskEvent.DROP, reason);
    }
}
