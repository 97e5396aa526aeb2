package io.nsfl.servicekit.access;

import io.nsfl.protocol.fault.FaultException;

/** Asks the object store what somebody's credentials open. Each call may be a request to it; answers are cached by the caller. */
public interface NamespaceAccess {
    /** What the object store says of credentials and a bucket. */
    enum Answer {
        OPEN,
        CLOSED,
        /** The credentials are good, the bucket does not exist. */
        ABSENT,
        /** The credentials are not known or do not match. */
        UNKNOWN_CREDENTIALS
    }

    /**
     * Whether these credentials are good at all, whatever they open.
     *
     * @throws FaultException STORAGE_UNAVAILABLE if the store does not answer
     */
    boolean knows(String user, String password);

    /**
     * Whether they open this namespace's bucket.
     *
     * @throws FaultException STORAGE_UNAVAILABLE if the store does not answer
     */
    Answer opens(String user, String password, String namespace);
}
