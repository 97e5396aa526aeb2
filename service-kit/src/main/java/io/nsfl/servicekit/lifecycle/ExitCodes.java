package io.nsfl.servicekit.lifecycle;

import io.nsfl.protocol.fault.FaultException;

/** With what a process of the platform ends. */
public final class ExitCodes {
    public static final int OK = 0;
    /** Something failed that another try may mend. */
    public static final int FAILED = 1;
    /** The configuration or the command line is wrong: trying again changes nothing. */
    public static final int CONFIGURATION = 2;
    /** Another run or launch owns this process's work; nobody needs to start it again. */
    public static final int SUPERSEDED = 3;

    private ExitCodes() {}

    /** The code for a failure: that of the first {@link FaultException} among its causes, else {@link #FAILED}. */
    public static int of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FaultException fault) {
                return fault.fault().exitCode();
            }
        }
        return FAILED;
    }
}
