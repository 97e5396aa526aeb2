package io.nsfl.coordinator.run;

import io.nsfl.coordinator.round.WorkId;
import io.nsfl.protocol.v1.TaskRef;

/** One client's part of some work of the run. */
record ClientTask(WorkId work, String client) {
    static ClientTask of(TaskRef task) {
        return new ClientTask(WorkId.of(task), task.getClientId());
    }
}
