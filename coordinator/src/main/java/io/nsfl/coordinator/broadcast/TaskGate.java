package io.nsfl.coordinator.broadcast;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.RunKey;
import io.nsfl.protocol.v1.TaskRef;
import java.util.regex.Pattern;

/**
 * Lets genuine tasks of this run in and nobody else. Whether a genuine task is still wanted is the desk's answer.
 *
 * <p>The token covers run, round, attempt, client and kind: none of them can be swapped against another of the same client.
 */
public final class TaskGate {
    private static final Pattern CLIENT = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private final RunKey key;
    private final String namespace;
    private final String job;
    private final String run;

    public TaskGate(RunKey key, String namespace, String job, String run) {
        this.key = key;
        this.namespace = namespace;
        this.job = job;
        this.run = run;
    }

    /**
     * @throws FaultException REQUEST_INVALID the reference is incomplete; STALE_RUN another job or run; TOKEN_INVALID the token is not
     *     this work's
     */
    public void admit(TaskRef task) {
        if (!complete(task)) {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    "The task reference is incomplete: round, attempt, kind and client are needed.");
        }
        if (!task.getRun().equals(run)
                || !task.getJob().equals(job)
                || !task.getNamespace().equals(namespace)) {
            throw new FaultException(
                    Fault.STALE_RUN,
                    "This coordinator runs " + namespace + "/" + job + " under another run; drop the task.");
        }
        if (!key.verify(task)) {
            throw new FaultException(
                    Fault.TOKEN_INVALID,
                    "The token does not belong to round " + task.getRound() + " of client " + task.getClientId() + ".");
        }
    }

    private static boolean complete(TaskRef task) {
        boolean kind = switch (task.getKind()) {
            case TASK_KIND_TRAIN, TASK_KIND_EVALUATE -> true;
            case TASK_KIND_UNSPECIFIED, UNRECOGNIZED -> false;
        };
        return kind
                && task.getRound() >= 1
                && task.getAttempt() >= 1
                && CLIENT.matcher(task.getClientId()).matches();
    }
}
