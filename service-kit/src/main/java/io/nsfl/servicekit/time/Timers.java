package io.nsfl.servicekit.time;

import java.time.Duration;
import java.util.concurrent.Executor;

/** Does things later. The port between state machines and the clock: real in a service, moved by hand in tests. */
public interface Timers {
    /**
     * Runs the task once on the executor (usually the owner's {@link Mailbox}) after the delay; a delay that is not positive runs it as soon
     * as possible, but never inside this call unless the executor itself does so.
     */
    Timer schedule(Duration delay, Executor executor, Runnable task);

    /** A scheduled task. */
    interface Timer {
        /**
         * Takes the task back. Called by the owner of the executor it is certain: the task does not run afterwards, not even if it is
         * queued already. Harmless when repeated or late.
         */
        void cancel();
    }
}
