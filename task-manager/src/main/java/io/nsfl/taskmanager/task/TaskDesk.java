package io.nsfl.taskmanager.task;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskPhase;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskStatus;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.queue.Admission;
import io.nsfl.taskmanager.queue.Load;
import io.nsfl.workload.WorkloadEnd;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of this client's tasks. Everything that happens to a task comes here as an event; the desk looks up the transition, writes
 * the new state to the store and only then has the next step done. Methods come from any thread, return at once, and take effect one after
 * the other in the desk's mailbox.
 */
public final class TaskDesk {
    private static final Logger LOG = LoggerFactory.getLogger(TaskDesk.class);
    /** How long past its deadline a finished result is still offered: the time a coordinator was down does not count for its round. */
    private static final Duration RESULT_GRACE = Duration.ofHours(1);
    /** Finished tasks that are remembered, so that a late repeat of an assignment does not start them again. */
    private static final int REMEMBERED = 200;

    /** A task is started again so often when a signal killed its script or its executor: the two count together. */
    private static final int KILLS_FORGIVEN = 1;

    private final ClientStore store;
    private final Admission admission;
    private final TaskNews news;
    private final TaskIds ids;
    private final Mailbox mailbox;
    private final Timers timers;
    private final InstantSource clock;
    private final Map<TaskKey, TaskRecord> tasks = new LinkedHashMap<>();
    private final Map<TaskKey, Timers.Timer> bounds = new HashMap<>();
    private TaskSteps steps;

    public TaskDesk(
            ClientStore store,
            Admission admission,
            TaskNews news,
            TaskIds ids,
            Mailbox mailbox,
            Timers timers,
            InstantSource clock) {
        this.store = store;
        this.admission = admission;
        this.news = news;
        this.ids = ids;
        this.mailbox = mailbox;
        this.timers = timers;
        this.clock = clock;
    }

    /** Reads the store and goes on with every task where it was. Completes when all are on their way; the first call of all. */
    public CompletableFuture<Void> open(TaskSteps doneBy) {
        return mailbox.submit(() -> {
            steps = doneBy;
            for (TaskRecord task : store.tasks()) {
                tasks.put(task.key(), task);
            }
            for (TaskRecord task : List.copyOf(tasks.values())) {
                resume(task);
            }
            return null;
        });
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
            case RUNNING -> {
                steps.follow(task);
                steps.recover(task);
            }
            case ASSIGNED, FETCHING, READY, DELIVERING, HELD -> {
                if (task.state() != TaskState.ASSIGNED) {
                    steps.follow(task);
                }
                proceed(task);
            }
            case SETTLED, FAILED, DROPPED -> steps.end(task);
        }
    }

    /** A server wants work done. Takes it or refuses it; a repeat is answered again. */
    public void assign(Assignment assignment) {
        mailbox.execute(() -> {
            TaskKey key = TaskKey.of(assignment.getTask());
            TaskRecord known = tasks.get(key);
            if (known == null) {
                take(key, assignment);
            } else {
                repeat(known, assignment);
            }
        });
    }

    private void take(TaskKey key, Assignment assignment) {
        Optional<Admission.Refusal> refusal = admission.refuses(key, assignment);
        if (refusal.isPresent()) {
            LOG.info("Refused {}: {}", key, refusal.get().message());
            tell(
                    assignment.getTask(),
                    TaskPhase.TASK_PHASE_REFUSED,
                    refusal.get().detail());
            return;
        }
        Instant now = clock.instant();
        TaskRecord task = new TaskRecord(
                ids.next(key, now, this::named),
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
            store.put(task);
        } catch (RuntimeException e) {
            admission.release(key);
            throw e;
        }
        tasks.put(key, task);
        LOG.info("Accepted {} as {}", key, task.id());
        tell(task.ref(), TaskPhase.TASK_PHASE_ACCEPTED, null);
        news.loadChanged();
        bound(task);
        proceed(task);
    }

    private boolean named(String id) {
        return tasks.values().stream().anyMatch(task -> task.id().equals(id));
    }

    /** A coordinator that was started again has another address and a later deadline, and keeps the work. */
    private void repeat(TaskRecord known, Assignment assignment) {
        boolean moved = !known.assignment().getCoordinatorAddress().equals(assignment.getCoordinatorAddress())
                || !known.assignment().getRoute().equals(assignment.getRoute());
        if (moved && !known.state().over()) {
            TaskRecord task = known.reassigned(assignment, clock.instant().plusMillis(assignment.getDeadlineMs()));
            store.put(task);
            tasks.put(task.key(), task);
            bound(task);
            steps.follow(task);
            if (task.state() == TaskState.DELIVERING || task.state() == TaskState.FETCHING) {
                proceed(task);
            }
        }
        tell(known.ref(), TaskPhase.TASK_PHASE_ACCEPTED, null);
        if (known.state().phase() != TaskPhase.TASK_PHASE_ACCEPTED) {
            tell(known);
        }
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

    /** Its executor says how it ended. @param start which start of it: the end of an earlier one is no news */
    public void ended(TaskKey key, int start, TaskResult result) {
        mailbox.execute(() -> {
            TaskRecord task = tasks.get(key);
            if (task == null || task.kills() != start) {
                return;
            }
            boolean runs = task.state() == TaskState.RUNNING || task.state() == TaskState.READY;
            if (runs && killedFromOutside(result) && task.kills() < KILLS_FORGIVEN) {
                startAgain(task.killedOnceMore(), "Its script was killed from outside; it is started again.");
            } else if (result.failed()) {
                failed(key, result);
            } else {
                on(key, TaskEvent.ENDED, "", same -> same.with(result));
            }
        });
    }

    private static boolean killedFromOutside(TaskResult result) {
        return result.faultCode().equals(Fault.SCRIPT_KILLED.name());
    }

    /** It cannot be done: the reason goes to the coordinator as its result. */
    public void failed(TaskKey key, Fault fault, String message) {
        failed(key, TaskResult.failure(fault.name(), message, 0));
    }

    private void failed(TaskKey key, TaskResult failure) {
        on(key, TaskEvent.FAIL, failure.faultMessage(), task -> task.with(failure));
    }

    /** What the coordinator answered to the delivery. */
    public void receipt(TaskKey key, Receipt receipt) {
        mailbox.execute(() -> {
            TaskRecord task = tasks.get(key);
            if (task == null) {
                return;
            }
            boolean failed = task.result().map(TaskResult::failed).orElse(true);
            switch (receipt.getVerdict()) {
                case HELD -> apply(task, failed ? TaskEvent.REPORTED : TaskEvent.HELD, task.reason());
                case REJECTED ->
                    apply(task, TaskEvent.REPORTED, receipt.getFault().getMessage());
                case SETTLED_INCLUDED, SETTLED_DROPPED ->
                    apply(task, failed ? TaskEvent.REPORTED : TaskEvent.SETTLED, task.reason());
                case VERDICT_UNSPECIFIED, UNRECOGNIZED ->
                    LOG.warn("The coordinator of {} sent a receipt without a verdict", task.id());
            }
        });
    }

    /** What the coordinator wants done with a task. */
    public void directive(TaskKey key, TaskDirective directive) {
        mailbox.execute(() -> {
            TaskRecord task = tasks.get(key);
            if (task == null) {
                return;
            }
            switch (directive.getOrder()) {
                case STOP -> apply(task, TaskEvent.DROP, "The coordinator stopped it: " + directive.getReason());
                case SETTLED_INCLUDED -> settle(task, "Its result counts in the committed model.");
                case SETTLED_DROPPED -> settle(task, "Its result was not counted: " + directive.getReason());
                case DELIVER_AGAIN -> apply(task, TaskEvent.DELIVER_AGAIN, "The coordinator asked for it again.");
                case ORDER_UNSPECIFIED, UNRECOGNIZED -> {
                    // A beat, or an order of a later version.
                }
            }
        });
    }

    private void settle(TaskRecord task, String reason) {
        boolean waits = task.state().on(TaskEvent.SETTLED).isPresent();
        apply(task, waits ? TaskEvent.SETTLED : TaskEvent.DROP, reason);
    }

    /** The executor of a run ended; its tasks are started again or fail. */
    public void executorEnded(String namespace, String job, String run, WorkloadEnd end, String logTail) {
        mailbox.execute(() -> {
            for (TaskRecord task : List.copyOf(tasks.values())) {
                TaskKey key = task.key();
                boolean its = key.namespace().equals(namespace)
                        && key.job().equals(job)
                        && key.run().equals(run);
                if (its && (task.state() == TaskState.RUNNING || task.state() == TaskState.READY)) {
                    executorEnded(task, end, logTail);
                }
            }
        });
    }

    private void executorEnded(TaskRecord task, WorkloadEnd end, String logTail) {
        boolean fromOutside = end instanceof WorkloadEnd.Killed || end instanceof WorkloadEnd.Lost;
        if (fromOutside && task.kills() < KILLS_FORGIVEN) {
            startAgain(task.killedOnceMore(), "Its executor is gone: " + end.describe() + "; it is started again.");
            return;
        }
        if (end.success() && task.state() == TaskState.READY) {
            // It went for want of work just before this task came.
            proceed(task);
            return;
        }
        Fault fault = end instanceof WorkloadEnd.OutOfMemory
                ? Fault.SCRIPT_OUT_OF_MEMORY
                : fromOutside ? Fault.SCRIPT_KILLED : Fault.WORKLOAD_FAILED;
        String message = "The executor of this task is gone: " + end.describe() + "."
                + (logTail.isBlank() ? "" : "\n" + logTail);
        failed(task.key(), fault, message);
    }

    private void startAgain(TaskRecord task, String reason) {
        LOG.warn("Task {}: {}", task.id(), reason);
        if (task.state() == TaskState.RUNNING) {
            apply(task, TaskEvent.START_AGAIN, reason);
        } else {
            store.put(task);
            tasks.put(task.key(), task);
            proceed(task);
        }
    }

    /** Tasks the client holds, as a registration tells them. */
    public CompletableFuture<List<TaskStatus>> held() {
        return mailbox.submit(() -> tasks.values().stream()
                .filter(task -> !task.state().over())
                .map(TaskDesk::statusOf)
                .toList());
    }

    /** Every task that is remembered, over or not. */
    public CompletableFuture<List<TaskRecord>> all() {
        return mailbox.submit(() -> List.copyOf(tasks.values()));
    }

    public CompletableFuture<Optional<TaskRecord>> find(TaskKey key) {
        return mailbox.submit(() -> Optional.ofNullable(tasks.get(key)));
    }

    public CompletableFuture<Load> load() {
        return mailbox.submit(admission::load);
    }

    private void on(TaskKey key, TaskEvent event, String reason, UnaryOperator<TaskRecord> change) {
        mailbox.execute(() -> {
            TaskRecord task = tasks.get(key);
            if (task != null && task.state().on(event).isPresent()) {
                apply(change.apply(task), event, reason);
            }
        });
    }

    /** The transition: to the store, then believed, then acted upon. */
    private void apply(TaskRecord task, TaskEvent event, String reason) {
        Optional<TaskState> next = task.state().on(event);
        if (next.isEmpty()) {
            return;
        }
        TaskRecord moved = task.in(next.get(), reason, clock.instant());
        if (moved.state().over()) {
            moved = moved.slim();
        }
        store.put(moved);
        tasks.put(moved.key(), moved);
        LOG.info("Task {} is {}{}", moved.id(), moved.state().stage(), reason.isEmpty() ? "" : ": " + reason);
        if (task.state().holdsResources() && !moved.state().holdsResources()) {
            admission.release(moved.key());
            news.loadChanged();
        }
        if (task.state().phase() != moved.state().phase()) {
            tell(moved);
        }
        bound(moved);
        if (moved.state().over()) {
            steps.end(moved);
            forgetOldest();
        } else {
            steps.follow(moved);
            proceed(moved);
        }
    }

    private void proceed(TaskRecord task) {
        switch (task.state()) {
            case ASSIGNED -> beginAtItsSlot(task);
            case FETCHING -> steps.fetch(task);
            case READY -> steps.run(task);
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

    /** Sets the moment after which nobody waits for this task. */
    private void bound(TaskRecord task) {
        Timers.Timer old = bounds.remove(task.key());
        if (old != null) {
            old.cancel();
        }
        if (!task.state().over()) {
            Instant end = task.state().holdsResources()
                    ? task.deadline()
                    : task.deadline().plus(RESULT_GRACE);
            bounds.put(
                    task.key(),
                    timers.schedule(
                            Duration.between(clock.instant(), end),
                            mailbox,
                            () -> drop(task.key(), "Its deadline has passed.")));
        }
    }

    private void forgetOldest() {
        List<TaskRecord> over =
                tasks.values().stream().filter(task -> task.state().over()).toList();
        for (int i = 0; i < over.size() - REMEMBERED; i++) {
            store.forget(over.get(i).key());
            tasks.remove(over.get(i).key());
        }
    }

    private void tell(TaskRecord task) {
        news.status(statusOf(task));
    }

    private static TaskStatus statusOf(TaskRecord task) {
        TaskStatus.Builder status = TaskStatus.newBuilder()
                .setTask(task.ref())
                .setPhase(task.state().phase());
        if (!task.reason().isEmpty()) {
            String code = task.result().map(TaskResult::faultCode).orElse("");
            status.setReason(FaultDetail.newBuilder().setCode(code).setMessage(task.reason()));
        }
        return status.build();
    }

    private void tell(TaskRef ref, TaskPhase phase, FaultDetail reason) {
        TaskStatus.Builder status = TaskStatus.newBuilder().setTask(ref).setPhase(phase);
        if (reason != null) {
            status.setReason(reason);
        }
        news.status(status.build());
    }
}
