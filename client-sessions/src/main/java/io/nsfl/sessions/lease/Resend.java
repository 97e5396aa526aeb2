package io.nsfl.sessions.lease;

/** When something that was not confirmed is sent again: at once, then after 5, 10, 20, 40 and each further 60 seconds. */
final class Resend {
    private static final long FIRST_MS = 5_000;
    private static final long LONGEST_MS = 60_000;

    private int tries;
    private long dueMs = Long.MIN_VALUE;

    boolean due(long nowMs) {
        return nowMs >= dueMs;
    }

    void sent(long nowMs) {
        dueMs = nowMs + Math.min(LONGEST_MS, FIRST_MS << Math.min(tries, 10));
        tries++;
    }

    int tries() {
        return tries;
    }

    /** On a new stream everything is sent at once. */
    void restart() {
        tries = 0;
        dueMs = Long.MIN_VALUE;
    }
}
