package io.nsfl.coordinator.round;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.Receipt;

/** Why something was not taken: a value, because refusing is part of the protocol. */
public record Rejection(Fault fault, String message) {
    /** The receipt that tells the client. */
    public Receipt receipt() {
        return Receipt.newBuilder()
                .setVerdict(Receipt.Verdict.REJECTED)
                .setFault(FaultDetail.newBuilder().setCode(fault.name()).setMessage(message))
                .build();
    }
}
