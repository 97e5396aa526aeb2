package io.nsfl.executor.task;

import io.nsfl.executor.masking.Masking;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskRef;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tasks of this executor: those that run and the latest that ended. A repeated request changes nothing; for a task that ended its
 * end is reported again, unless the request is for a later start of it. Safe for all threads.
 */
public final class TaskDesk {
    private static final int REMEMBERED = 64;

    private final TaskTools tools;
    private final InstantSource clock;
    private final Reports reports;
    private final Map<TaskRef, TaskRun> running = new LinkedHashMap<>();
    private final Map<TaskRef, TaskEndedRequest> ended = new LinkedHashMap<>();

    /** What is said about tasks. */
    public interface Reports {
        void started(TaskRef task, int start);

        void ended(TaskEndedRequest end);

        /** A task that was masked is over. */
        default void over(TaskRef task) {}
    }

    public TaskDesk(TaskTools tools, InstantSource clock, Reports reports) {
        this.tools = tools;
        this.clock = clock;
        this.reports = reports;
    }

    /** Takes a task; returns at once. */
    public void run(RunTaskRequest request) {
        TaskRef key = key(request.getDescription().getTask());
        TaskEndedRequest before;
        TaskRun task = null;
        synchronized (this) {
            before = ended.get(key);
            if (before != null && before.getStart() < request.getStart()) {
                ended.remove(key);
                before = null;
            }
            if (before == null && !running.containsKey(key)) {
                task = new TaskRun(request, tools, clock);
                running.put(key, task);
            }
        }
        if (before != null) {
            reports.ended(before);
        } else if (task != null) {
            TaskRun taken = task;
            reports.started(request.getDescription().getTask(), request.getStart());
            Thread.ofPlatform().name("task").start(() -> finish(request, taken.run()));
        }
    }

    /** Kills a task's processes; it ends as cancelled. Harmless when unknown or repeated. */
    public void cancel(TaskRef task, String reason) {
        if (tools.masking().isPresent() && tools.masking().get().end(task)) {
            reports.over(task);
        }
        TaskRun run;
        synchronized (this) {
            run = running.get(key(task));
        }
        if (run != null) {
            run.stop(new FaultException(Fault.SCRIPT_KILLED, "The task was cancelled: " + reason));
        }
    }

    /** What runs now. */
    public synchronized List<TaskRef> running() {
        return running.values().stream()
                .map(run -> run.request().getDescription().getTask())
                .toList();
    }

    /** Kills everything. */
    public void close() {
        tools.masking().ifPresent(Masking::close);
        running().forEach(task -> cancel(task, "the executor ends"));
    }

    private void finish(RunTaskRequest request, TaskEndedRequest end) {
        synchronized (this) {
            running.remove(key(end.getTask()));
            remember(end);
        }
        reports.ended(end);
        if (end.getAwaitsMasking()) {
            tools.masking()
                    .orElseThrow()
                    .begin(request, this::masked, () -> cancel(end.getTask(), "the coordinator wants it no more"));
        }
    }

    /** A session's vector takes the place of what was reported before. */
    private void masked(TaskEndedRequest vector) {
        synchronized (this) {
            remember(vector);
        }
        reports.ended(vector);
    }

    private void remember(TaskEndedRequest end) {
        ended.put(key(end.getTask()), end);
        if (ended.size() > REMEMBERED) {
            ended.remove(ended.keySet().iterator().next());
        }
    }

    /** The token is not part of what a task is. */
    private static TaskRef key(TaskRef task) {
        return task.toBuilder().clearToken().build();
    }
}
