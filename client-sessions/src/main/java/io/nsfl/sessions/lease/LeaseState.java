package io.nsfl.sessions.lease;

import java.util.Set;

/** How far a lease has come. It starts as {@link #RESERVED} and never goes back. */
public enum LeaseState {
    /** The client is kept free for the work, which it does not know of yet. */
    RESERVED,
    /** The assignment is in the outbox. */
    ASSIGNED,
    /** The client has the assignment in its own store. */
    ACCEPTED,
    /** The coordinator has the result, or was told of the failure. */
    DELIVERED,
    /** The client did not take it. */
    REFUSED,
    /** The client was away too long, quit or gave the work up, or the run did not renew. */
    LOST,
    /** The coordinator needs the work no longer. */
    RELEASED;

    /** Whether a lease in this state takes up a place at its client. */
    public boolean live() {
        return switch (this) {
            case RESERVED, ASSIGNED, ACCEPTED -> true;
            case DELIVERED, REFUSED, LOST, RELEASED -> false;
        };
    }

    /** The states that may follow. */
    public Set<LeaseState> next() {
        return switch (this) {
            case RESERVED -> Set.of(ASSIGNED, DELIVERED, LOST, RELEASED);
            case ASSIGNED -> Set.of(ACCEPTED, DELIVERED, REFUSED, LOST, RELEASED);
            case ACCEPTED -> Set.of(DELIVERED, REFUSED, LOST, RELEASED);
            case DELIVERED, REFUSED, LOST, RELEASED -> Set.of();
        };
    }
}
