package io.nsfl.federation.secagg;

/** Why a session ends, or why the server refuses a client's message. */
public enum AbortReason {
    /** A step out of its order, or a second time: every key is used once. */
    ILLEGAL_STEP,
    /** The parameters would not protect anybody: thresholds, number of clients, bits. */
    UNSOUND_PARAMETERS,
    /** Bytes that are no message of this step: wrong length, kind, version, order. */
    MALFORMED,
    /** The message belongs to another session: other job, run, round, attempt, model, plan or parameters. */
    OTHER_SESSION,
    /** The sender is not one of those whose answer is expected. */
    NOT_EXPECTED,
    /** A second answer that differs from the first. */
    CONFLICTING_REPEAT,
    /** Fewer clients than the threshold or the minimum of survivors. */
    BELOW_THRESHOLD,
    /** The roster lacks this client's own keys, or holds others in their place. */
    OWN_KEYS_ALTERED,
    /** Two entries of the roster share an identity or a key. */
    DUPLICATE_KEY,
    /** A key that no honest client makes. */
    BAD_KEY,
    /** A peer's keys are not signed by its identity for this session: forged, replayed, or made on another model. */
    BAD_PEER_SIGNATURE,
    /** A peer's identity is not vouched for by the authority that this client trusts. */
    UNTRUSTED_PEER,
    /** A client of the roster belongs to another group of the round. */
    OTHER_GROUP,
    /** A share from a peer cannot be opened, is for somebody else, or does not match its commitment. */
    BAD_SHARE,
    /** The lists of the server contradict each other: a survivor that never shared keys, this client missing, two lists. */
    INCONSISTENT_SURVIVORS,
    /** Too few survivors signed the same list, or a signature is forged. */
    BAD_CONSISTENCY_SIGNATURE,
    /** A value to be masked is outside its bits. */
    VALUE_OUT_OF_RANGE,
    /** All shares are as committed, but the secret is not: whoever dealt them cheated. */
    BAD_DEALER
}
