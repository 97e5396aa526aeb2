package io.nsfl.coordinator.round;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.Receipt;
import java.util.EnumSet;
import java.util.Set;

/** Why something was not taken: a value, because refusing is part of the protocol. */
public record Rejection(Fault fault, String message) {
    private static final Set<Fault> OF_AN_UPDATE = EnumSet.of(
            Fault.UPDATE_MALFORMED,
            Fault.REQUEST_TOO_LARGE,
            Fault.SHAPE,
            Fault.NON_FINITE,
            Fault.BAD_WEIGHT,
            Fault.BAD_METRIC,
            Fault.NORM,
            Fault.OUT_OF_RANGE,
            Fault.STALE);

    /** The event that tells people: a task that failed, or one whose update was delivered and then refused by a check. */
    String event() {
        return OF_AN_UPDATE.contains(fault) ? "UPDATE_REJECTED" : "TASK_FAILED";
    }

    /** The receipt that tells the client. What comes too late has nothing wrong with it: it is dropped, with the reason. */
    public Receipt receipt() {
        return Receipt.newBuilder()
                .setVerdict(fault == Fault.UPDATE_TOO_LATE ? Receipt.Verdict.SETTLED_DROPPED : Receipt.Verdict.REJECTED)
                .setFault(FaultDetail.newBuilder().setCode(fault.name()).setMessage(message))
                .build();
    }
}
