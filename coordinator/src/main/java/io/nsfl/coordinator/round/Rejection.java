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

    /** Characters of a client's own words that are kept of their beginning, and of their end: they go into events and heartbeats. */
    private static final int BEGINNING = 1_000;

    private static final int END = 8_000;

    /** What a client says went wrong. A fault that this coordinator has no name for counts as the script's. */
    public static Rejection toldBy(FaultDetail failure) {
        return new Rejection(
                Fault.named(failure.getCode()).orElse(Fault.SCRIPT_FAILED), shortened(failure.getMessage()));
    }

    /** A script's log says at its end what was wrong. Not every database keeps U+0000, and half a character is what a cut may leave. */
    private static String shortened(String words) {
        String kept = words.length() <= BEGINNING + END
                ? words
                : words.substring(0, BEGINNING) + " [...] " + words.substring(words.length() - END);
        StringBuilder whole = new StringBuilder(kept.length());
        kept.codePoints()
                .map(point -> point == 0 || Character.getType(point) == Character.SURROGATE ? '\uFFFD' : point)
                .forEach(whole::appendCodePoint);
        return whole.toString();
    }

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
