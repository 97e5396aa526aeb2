package io.nsfl.federation.secagg;

/** Which masks cover an update. */
public enum Mode {
    /** Pairwise masks only: all clients of the roster must deliver, and nothing is ever revealed to remove masks. */
    ONEMASK,
    /** Pairwise masks and a mask of its own: clients may drop out at any time. */
    DOUBLEMASK
}
