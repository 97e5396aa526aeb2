package io.nsfl.taskmanager.task;

/** The form of a {@link TaskRecord} in the store: JSON, messages as their bytes. */
record StoredTask(
        String id,
        byte[] assignment,
        TaskState state,
        byte[] resources,
        byte[] description,
        int kills,
        TaskResult result,
        String reason,
        long acceptedAtMs,
        long deadlineMs,
        long changedAtMs) {}
