package io.nsfl.scheduler.ending;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.scheduler.clients.SelectorCalls;
import io.nsfl.scheduler.job.Job;
import io.nsfl.servicekit.time.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the clients of an ended run free. A selector that is away is asked a few times more; after that the leases end by
 * themselves, because nobody renews them.
 */
final class Leases {
    private static final Logger log = LoggerFactory.getLogger(Leases.class);
    private static final int TRIES = 5;
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final SelectorCalls selector;
    private final Timers timers;
    private final Executor threads;

    Leases(SelectorCalls selector, Timers timers, Executor threads) {
        this.selector = selector;
        this.timers = timers;
        this.threads = threads;
    }

    /** In the background. */
    void release(Job job, String reason) {
        threads.execute(() -> release(job, reason, 1));
    }

    private void release(Job job, String reason, int attempt) {
        try {
            selector.release(job.runRef(), reason);
        } catch (FaultException unanswered) {
            if (attempt >= TRIES) {
                log.warn("The clients of job {} are not given free now; their leases expire", job.key(), unanswered);
                return;
            }
            timers.schedule(PAUSE.multipliedBy(attempt), threads, () -> release(job, reason, attempt + 1));
        }
    }
}
