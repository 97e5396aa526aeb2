package io.nsfl.storage.document;

import java.time.Duration;

/** How a retry waits; {@code Thread::sleep} in production. */
@FunctionalInterface
public interface Pause {
    void pause(Duration length) throws InterruptedException;
}
