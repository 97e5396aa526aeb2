package io.nsfl.taskmanager.task;

import io.nsfl.taskmanager.quota.StorageQuota;
import java.nio.file.Path;

/** Where a task's files are. */
public record TaskFiles(Path workspace) {
    /** While the task is not over. */
    public Path running(TaskRecord task) {
        return workspace.resolve(task.id() + StorageQuota.RUNNING);
    }

    /** Afterwards. */
    public Path finished(TaskRecord task) {
        return workspace.resolve(task.id());
    }
}
