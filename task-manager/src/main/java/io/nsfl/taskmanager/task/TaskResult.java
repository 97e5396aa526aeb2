package io.nsfl.taskmanager.task;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Map;

/**
 * What came of a task's script.
 *
 * @param updateFile absolute path of the update, also of one that was refused; empty for an evaluation, for a failure, and where it awaits masking
 * @param sha256 of the update, lower case hex; empty without one
 * @param metrics what the script measured
 * @param faultCode name of the fault; empty = it went well
 * @param faultMessage why it failed, one sentence and the tail of the log
 * @param scriptMillis how long the script ran
 * @param maskingSession the session that the update is masked for; 0 or absent = it is not masked; {@link #AWAITS_MASKING}
 * @param resultFilesSize bytes at the end of the update file that are what the script left for the job's extender; none = 0
 */
public record TaskResult(
        String updateFile,
        String sha256,
        Map<String, Double> metrics,
        String faultCode,
        String faultMessage,
        long scriptMillis,
        Integer maskingSession,
        Long resultFilesSize) {
    /** The result stays in the executor until it is masked. */
    private static final int AWAITS_MASKING = -1;

    public TaskResult {
        metrics = Map.copyOf(metrics);
        // Absent in what an earlier version stored.
        maskingSession = maskingSession == null ? 0 : maskingSession;
        resultFilesSize = resultFilesSize == null ? 0 : resultFilesSize;
    }

    public TaskResult(
            String updateFile,
            String sha256,
            Map<String, Double> metrics,
            String faultCode,
            String faultMessage,
            long scriptMillis) {
        this(updateFile, sha256, metrics, faultCode, faultMessage, scriptMillis, 0, 0L);
    }

    public static TaskResult awaitingMask(long scriptMillis) {
        return new TaskResult("", "", Map.of(), "", "", scriptMillis, AWAITS_MASKING, 0L);
    }

    public static TaskResult masked(String updateFile, String sha256, long scriptMillis, int session) {
        return new TaskResult(updateFile, sha256, Map.of(), "", "", scriptMillis, session, 0L);
    }

    /** What a script has trained, with what it left for the job's extender. */
    public static TaskResult trained(
            String updateFile, String sha256, Map<String, Double> metrics, long scriptMillis, long resultFilesSize) {
        return new TaskResult(updateFile, sha256, metrics, "", "", scriptMillis, 0, resultFilesSize);
    }

    public static TaskResult failure(String code, String message, long scriptMillis) {
        return new TaskResult("", "", Map.of(), code, message, scriptMillis, 0, 0L);
    }

    /** As the coordinator that refused it sees it: a failure of this kind. */
    TaskResult refused(String code, String message) {
        return new TaskResult(updateFile, sha256, metrics, code, message, scriptMillis, 0, resultFilesSize);
    }

    /** Whether there was a result, whatever became of it: what it told of the data is told. */
    public boolean made() {
        return !failed() || !updateFile.isEmpty();
    }

    public boolean failed() {
        return !faultCode.isEmpty();
    }

    @JsonIgnore
    public boolean awaitsMasking() {
        return maskingSession == AWAITS_MASKING;
    }

    @JsonIgnore
    public boolean masked() {
        return maskingSession > 0;
    }
}
