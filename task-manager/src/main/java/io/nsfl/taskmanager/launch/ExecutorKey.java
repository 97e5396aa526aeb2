package io.nsfl.taskmanager.launch;

import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.workload.WorkloadStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Which executor: one for each run of a job at a client. */
public record ExecutorKey(String client, String namespace, String job, String run) {
    static ExecutorKey of(String client, TaskKey task) {
        return new ExecutorKey(client, task.namespace(), task.job(), task.run());
    }

    /** From the labels of a launched one. */
    static ExecutorKey of(WorkloadStatus status) {
        return new ExecutorKey(
                status.labels().get("client"),
                status.labels().get("namespace"),
                status.labels().get("job"),
                status.labels().get("run"));
    }

    /** Whether an executor of this id is one of this run's. */
    boolean owns(String executorId) {
        return executorId.equals(name()) || executorId.startsWith(name() + "-");
    }

    /** {@code nsfl-x-} and ten hex digits: what the names of its workloads begin with. */
    String name() {
        try {
            String all = String.join("|", client, namespace, job, run);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
            return "nsfl-x-" + HexFormat.of().formatHex(digest, 0, 5);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
    }
}
