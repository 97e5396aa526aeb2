package io.nsfl.coordinator.round;

/** What happened to a client's lease. */
public enum LeaseChange {
    /** The client has the assignment in its own store. */
    ACCEPTED,
    /** The client does not take it. */
    REFUSED,
    /** The client was silent too long, quit, or dropped the work. */
    LOST
}
