package io.nsfl.scheduler.recovery;

import io.nsfl.servicekit.time.Timers;
import io.nsfl.workload.WorkloadLauncher;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/**
 * Begins the recovery once the service can be reached (coordinators need its address), again and again while the database is away, and
 * ends the watch of workloads with the service.
 */
public final class Takeover implements ApplicationListener<ApplicationReadyEvent>, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Takeover.class);
    private static final Duration AGAIN = Duration.ofSeconds(2);

    private final Recovery recovery;
    private final Timers timers;
    private final Executor threads;
    private WorkloadLauncher.Watch watch = () -> {};
    private boolean closed;

    public Takeover(Recovery recovery, Timers timers, Executor threads) {
        this.recovery = recovery;
        this.timers = timers;
        this.threads = threads;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent ready) {
        threads.execute(this::begin);
    }

    @Override
    public synchronized void close() {
        closed = true;
        watch.close();
    }

    private synchronized void begin() {
        if (closed) {
            return;
        }
        try {
            watch = recovery.begin();
        } catch (RuntimeException failed) {
            // Whatever it is: a service that took up nothing looks well and does nothing.
            log.warn("The stored jobs cannot be taken up yet; this is tried again", failed);
            timers.schedule(AGAIN, threads, this::begin);
        }
    }
}
