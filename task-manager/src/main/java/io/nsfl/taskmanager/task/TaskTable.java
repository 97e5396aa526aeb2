package io.nsfl.taskmanager.task;

import io.nsfl.taskmanager.ids.TaskKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tasks that are known, over or not: written to the store first and only then believed. Used in the desk's mailbox only. */
final class TaskTable {
    /** Finished tasks that are remembered, so that a late repeat of an assignment does not start them again. */
    private static final int REMEMBERED = 200;

    private final ClientStore store;
    private final Map<TaskKey, TaskRecord> tasks = new LinkedHashMap<>();

    TaskTable(ClientStore store) {
        this.store = store;
    }

    /** What an earlier process of this client left in the store. */
    void load() {
        for (TaskRecord task : store.tasks()) {
            tasks.put(task.key(), task);
        }
    }

    void put(TaskRecord task) {
        store.put(task);
        tasks.put(task.key(), task);
    }

    Optional<TaskRecord> find(TaskKey key) {
        return Optional.ofNullable(tasks.get(key));
    }

    /** A copy. */
    List<TaskRecord> all() {
        return List.copyOf(tasks.values());
    }

    /** Whether a task has this id. */
    boolean named(String id) {
        return tasks.values().stream().anyMatch(task -> task.id().equals(id));
    }

    void forgetOldest() {
        List<TaskRecord> over =
                tasks.values().stream().filter(task -> task.state().over()).toList();
        for (int i = 0; i < over.size() - REMEMBERED; i++) {
            store.forget(over.get(i).key());
            tasks.remove(over.get(i).key());
        }
    }
}
