package io.nsfl.protocol.fault;

/** Whose move it is after a fault. */
public enum FaultCategory {
    /** The caller asked for something that cannot be: change the request. */
    USER,
    /** The request is fine but something is short now: wait or add capacity. */
    RESOURCES,
    /** Something outside the platform does not answer: database, object store, network. */
    EXTERNAL,
    /** A defect of the platform. */
    INTERNAL
}
