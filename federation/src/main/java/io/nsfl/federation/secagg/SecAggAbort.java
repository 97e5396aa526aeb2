package io.nsfl.federation.secagg;

import java.util.Optional;

/**
 * A session cannot go on safely. At a client it ends the session: its keys are gone, nothing more is released. At the server, thrown by a method that
 * takes a client's message, it refuses that message and leaves the session as it was; thrown by {@code close} or {@code finish}, it ends it.
 */
public final class SecAggAbort extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final AbortReason reason;
    private final transient PartyId party;

    public SecAggAbort(AbortReason reason, String message) {
        this(reason, null, message);
    }

    SecAggAbort(AbortReason reason, PartyId party, String message) {
        super(message);
        this.reason = reason;
        this.party = party;
    }

    public AbortReason reason() {
        return reason;
    }

    /** The other side that is to blame, where one client can be named. */
    public Optional<PartyId> party() {
        return Optional.ofNullable(party);
    }
}
