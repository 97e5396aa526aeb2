package io.nsfl.protocol.ids;

/** Names of request headers (REST) and metadata (gRPC) that carry identities. */
public final class Headers {
    /** Which job's coordinator a call is for: {@code <namespace>-<job>}. */
    public static final String JOB = "nsfl-job";
    /** The internal secret of the server side. */
    public static final String INTERNAL = "nsfl-internal";
    /** The credential between a task-manager and its executors. */
    public static final String EXECUTOR = "nsfl-executor";
    /** What the proxy has seen of a client's connection: {@link PeerStatement}. */
    public static final String PEER = "nsfl-peer";
    /** Trailer: name of the fault. */
    public static final String FAULT = "nsfl-fault";
    /** Trailer: milliseconds after which to ask again. */
    public static final String RETRY_AFTER_MS = "nsfl-retry-after-ms";

    private Headers() {}
}
