package io.nsfl.federation.secagg;

/** Where a session stands: what comes next. With {@link Mode#ONEMASK} only ADVERTISE, MASK and the last three exist. */
public enum Stage {
    /** Clients send their keys. */
    ADVERTISE,
    /** Clients send shares of their secrets for their peers. */
    SHARE,
    /** Clients send their masked vectors. */
    MASK,
    /** Survivors sign the list of survivors. */
    CONSISTENCY,
    /** Survivors release shares: of the own mask of a survivor, of the key of one that dropped out. */
    UNMASK,
    /** The server has all it needs for the sum. */
    FINISH,
    DONE,
    ABORTED
}
