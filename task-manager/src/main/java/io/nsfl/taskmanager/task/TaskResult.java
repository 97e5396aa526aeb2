package io.nsfl.taskmanager.task;

import java.util.Map;

/**
 * What came of a task's script.
 *
 * @param updateFile absolute path of the update; empty for an evaluation and for a failure
 * @param sha256 of the update, lower case hex; empty without one
 * @param metrics what the script measured
 * @param faultCode name of the fault; empty = it went well
 * @param faultMessage why it failed, one sentence and the tail of the log
 * @param scriptMillis how long the script ran
 */
public record TaskResult(
        String updateFile,
        String sha256,
        Map<String, Double> metrics,
        String faultCode,
        String faultMessage,
        long scriptMillis) {
    public TaskResult {
        metrics = Map.copyOf(metrics);
    }

    public static TaskResult failure(String code, String message, long scriptMillis) {
        return new TaskResult("", "", Map.of(), code, message, scriptMillis);
    }

    public boolean failed() {
        return !faultCode.isEmpty();
    }
}
