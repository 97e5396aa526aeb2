package io.nsfl.taskmanager.task;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskStatus;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.queue.Admission;
import io.nsfl.taskmanager.queue.Load;
import io.nsfl.workload.WorkloadEnd;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The one writer of this client's tasks. Everything that happens to a task comes here as an event; the transition is looked up, the new
 * state is written to the store and only then is the next step done. Methods come from any thread, return at once, and take effect one
 * after the other in the desk's mailbox.
 */
public final class TaskDesk {
    private final Admission admission;
    private final Mailbox mailbox;
    private final TaskTable table;
    private final TaskCourse course;
    private final TaskIntake intake;
    private final TaskEndings endings;
    private final CoordinatorOrders orders;

    public TaskDesk(
            ClientStore store,
            Admission admission,
            TaskNews news,
            TaskIds ids,
            Mailbox mailbox,
            Timers timers,
            InstantSource clock) {
        this.admission = admission;
        this.mailbox = mailbox;
        this.table = new TaskTable(store);
        TaskBounds bounds = new TaskBounds(mailbox, timers, clock);
        this.course = new TaskCourse(table, bounds, admission, news, mailbox, timers, clock);
        this.intake = new TaskIntake(table, course, admission, news, ids, clock);
        this.endings = new TaskEndings(table, course);
        this.orders = new CoordinatorOrders(course);
    }

    /** Reads the store and goes on with every task where it was. Completes when all are on their way; the first call of all. */
    public CompletableFuture<Void> open(TaskSteps doneBy) {
        return mailbox.submit(() -> {
            table.load();
            course.open(doneBy);
            return null;
        });
    }

    /** A server wants work done. Takes it or refuses it; a repeat is answered again. */
    public void assign(Assignment assignment) {
        mailbox.execute(() -> intake.assign(assignment));
    }

    /** A server or coordinator needs this work no longer. */
    public void drop(TaskKey key, String reason) {
        on(key, TaskEvent.DROP, reason, task -> task);
    }

    public void fetched(TaskKey key, TaskDescription description) {
        on(key, TaskEvent.FETCHED, "", task -> task.describedBy(description));
    }

    public void taken(TaskKey key) {
        on(key, TaskEvent.TAKEN, "", task -> task);
    }

    /**
     * Its executor says how it ended.
     *
     * @param start which start of it: the end of an earlier one is no news
     * @return completes once that is in the store; fails where it could not be stored: then it has to be said again
     */
    public CompletableFuture<Void> ended(TaskKey key, int start, TaskResult result) {
        return mailbox.submit(() -> {
            table.find(key).ifPresent(task -> endings.scriptEnded(task, start, result));
            return null;
        });
    }

    /** It cannot be done: the reason goes to the coordinator as its result. */
    public void failed(TaskKey key, Fault fault, String message) {
        with(key, task -> endings.failed(task, TaskResult.failure(fault.name(), message, 0)));
    }

    /** What the coordinator answered to the delivery. */
    public void receipt(TaskKey key, Receipt receipt) {
        with(key, task -> orders.receipt(task, receipt));
    }

    /** What the coordinator wants done with a task. */
    public void directive(TaskKey key, TaskDirective directive) {
        with(key, task -> orders.directive(task, directive));
    }

    /** The executor of a run ended; its tasks are started again or fail. */
    public void executorEnded(String namespace, String job, String run, WorkloadEnd end, String logTail) {
        mailbox.execute(() -> endings.executorEnded(namespace, job, run, end, logTail));
    }

    /** Tasks the client holds, as a registration tells them. */
    public CompletableFuture<List<TaskStatus>> held() {
        return mailbox.submit(() -> table.all().stream()
                .filter(task -> !task.state().over())
                .map(TaskRecord::status)
                .toList());
    }

    /** Every task that is remembered, over or not. */
    public CompletableFuture<List<TaskRecord>> all() {
        return mailbox.submit(table::all);
    }

    public CompletableFuture<Optional<TaskRecord>> find(TaskKey key) {
        return mailbox.submit(() -> table.find(key));
    }

    public CompletableFuture<Load> load() {
        return mailbox.submit(admission::load);
    }

    private void on(TaskKey key, TaskEvent event, String reason, UnaryOperator<TaskRecord> change) {
        mailbox.execute(() -> course.on(key, event, reason, change));
    }

    private void with(TaskKey key, Consumer<TaskRecord> act) {
        mailbox.execute(() -> table.find(key).ifPresent(act));
    }
}
