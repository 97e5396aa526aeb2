package io.nsfl.taskmanager.task;

import io.nsfl.protocol.v1.TaskStatus;

/** Where the server's end of the client's stream learns about tasks. Never blocks; news while there is no stream may be lost. */
public interface TaskNews {
    void status(TaskStatus status);

    /** Free resources or the readiness for tasks changed. */
    void loadChanged();
}
