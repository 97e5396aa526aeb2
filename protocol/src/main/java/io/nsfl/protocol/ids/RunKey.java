package io.nsfl.protocol.ids;

import io.nsfl.protocol.v1.TaskRef;

/**
 * The key of one run: proves that its coordinator chose a client for a piece of work, and that a journal record is its own. Derived from
 * the internal secret where there is one, never stored there; immutable; never printed.
 */
public final class RunKey {
    private RunKey() {}

    /** HMAC-SHA256(internal secret; "nsfl/run-key/v1|" + run). @param internalSecret the raw bytes */
    public static RunKey derive(byte[] internalSecret, String run) {
        throw new UnsupportedOperationException();
    }

    /** A key made or kept elsewhere (direct mode). @param key 32 bytes */
    public static RunKey of(byte[] key) {
        throw new UnsupportedOperationException();
    }

    /** The token of this work; whatever {@code task.token} holds is ignored. 32 bytes. */
    public byte[] taskToken(TaskRef task) {
        throw new UnsupportedOperationException();
    }

    /** Whether the task carries its own token; in constant time. */
    public boolean verify(TaskRef task) {
        throw new UnsupportedOperationException();
    }

    /** HMAC-SHA256 over the purpose and the parts, unambiguous in their borders. Large things are given by their digest. */
    public byte[] mac(String purpose, byte[]... parts) {
        throw new UnsupportedOperationException();
    }
}
