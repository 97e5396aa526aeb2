package io.nsfl.protocol.job;

import tools.jackson.databind.node.ObjectNode;

/** Reads a task config, with the same leniencies as a job object; all violations at once. */
public final class TaskConfigReader {
    private TaskConfigReader() {}

    public static Reading<TaskConfig> read(ObjectNode config) {
        throw new UnsupportedOperationException();
    }
}
