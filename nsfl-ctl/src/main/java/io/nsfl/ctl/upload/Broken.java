package io.nsfl.ctl.upload;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;

/** Whether a failure is one of the way to the server, which another try may find whole again. */
final class Broken {
    private Broken() {}

    static boolean is(FaultException failure) {
        return failure.fault() == Fault.UNAVAILABLE || failure.fault() == Fault.STORAGE_UNAVAILABLE;
    }
}
