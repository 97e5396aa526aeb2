package io.nsfl.taskmanager.record;

import io.nsfl.protocol.job.JobJson;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.Document;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.DuplicateKeyException;
import io.nsfl.storage.document.UniqueKey;
import io.nsfl.taskmanager.task.TaskRecord;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The collection of tasks, for people and their tools: each task's latest state, written some time after this client's own store has it. While
 * the database is away the latest states wait; tasks do not.
 */
public final class TaskCollection {
    private static final Logger LOG = LoggerFactory.getLogger(TaskCollection.class);
    private static final Duration AGAIN = Duration.ofSeconds(15);
    private static final int MOST_WAITING = 1000;

    private final DocumentCollection tasks;
    private final String client;
    private final Executor threads;
    private final Timers timers;
    private final Map<String, TaskRecord> waiting = new LinkedHashMap<>();
    private boolean writing;
    private boolean away;

    /** @param name of the collection @param client its id @param threads for calls that block */
    public TaskCollection(DocumentStore store, String name, String client, Executor threads, Timers timers) {
        this.tasks = store.collection(CollectionSpec.of(name, UniqueKey.of("client", "task_id")));
        this.client = client;
        this.threads = threads;
        this.timers = timers;
    }

    /** A task has changed. Returns at once. */
    public synchronized void note(TaskRecord task) {
        waiting.remove(task.id());
        waiting.put(task.id(), task);
        if (waiting.size() > MOST_WAITING) {
            waiting.remove(waiting.keySet().iterator().next());
        }
        begin();
    }

    private synchronized void begin() {
        if (!writing) {
            writing = true;
            threads.execute(this::writeAll);
        }
    }

    private void writeAll() {
        Optional<TaskRecord> next = next();
        while (next.isPresent()) {
            TaskRecord task = next.get();
            try {
                write(task);
                written(task);
            } catch (RuntimeException unavailable) {
                later(unavailable);
                return;
            }
            next = next();
        }
    }

    private synchronized Optional<TaskRecord> next() {
        Optional<TaskRecord> first = waiting.values().stream().findFirst();
        writing = first.isPresent();
        return first;
    }

    private synchronized void written(TaskRecord task) {
        waiting.remove(task.id(), task);
        if (away) {
            away = false;
            LOG.info("The record of tasks in the database goes on");
        }
    }

    private synchronized void later(RuntimeException why) {
        if (!away) {
            away = true;
            LOG.warn("The record of tasks in the database waits; tasks go on: {}", why.getMessage());
        }
        timers.schedule(AGAIN, threads, this::writeAll);
    }

    private void write(TaskRecord task) {
        ObjectNode data = document(task);
        ObjectNode key = JobJson.newObject().put("client", client).put("task_id", task.id());
        while (true) {
            Optional<Document> present = tasks.find(key);
            if (present.isPresent()) {
                if (present.get().data().equals(data)
                        || tasks.replace(present.get(), data).isPresent()) {
                    return;
                }
            } else {
                try {
                    tasks.insert(data);
                    return;
                } catch (DuplicateKeyException repeated) {
                    LOG.debug("Task {} was recorded by an earlier attempt", task.id());
                }
            }
        }
    }

    private ObjectNode document(TaskRecord task) {
        ObjectNode data = JobJson.newObject()
                .put("client", client)
                .put("task_id", task.id())
                .put("namespace", task.key().namespace())
                .put("job_name", task.key().job())
                .put("run", task.key().run())
                .put("round", task.ref().getRound())
                .put("type", task.id().replaceFirst("-.*", ""))
                .put("status", task.state().name().toLowerCase(Locale.ROOT))
                .put("reason", task.reason())
                .put("start_time", task.acceptedAt().toString())
                .put("change_time", task.changedAt().toString());
        data.putObject("resource_spec")
                .put("worker_num", task.resources().getWorkerNum())
                .put("cpu", task.resources().getCpu())
                .put("memory", task.resources().getMemoryMb())
                .put("gpu", task.resources().getGpu());
        return data;
    }
}
