package io.nsfl.scheduler.intake;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.ids.NamespaceName;
import java.util.regex.Pattern;

/** What may stand in a path for a namespace and a job; anything else is a path that does not exist. */
public final class JobPath {
    private static final Pattern JOB = Pattern.compile("[A-Za-z0-9_|-]{1,100}");

    private JobPath() {}

    /** @throws FaultException PATH_UNKNOWN */
    static JobKey key(String namespace, String id) {
        if (!JOB.matcher(id).matches()) {
            throw new FaultException(
                    Fault.PATH_UNKNOWN,
                    "There is nothing at this path: a job's id has at most 100 letters, digits, dashes and underscores.");
        }
        return new JobKey(NamespaceName.inPath(namespace), id);
    }
}
