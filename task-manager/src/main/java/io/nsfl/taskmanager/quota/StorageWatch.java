package io.nsfl.taskmanager.quota;

import io.nsfl.servicekit.time.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the workspaces again and again, so that what fetches and scripts write meanwhile counts, and tells when the client becomes full or
 * has room again. Safe from any thread.
 */
public final class StorageWatch {
    static final Duration PERIOD = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(StorageWatch.class);

    private final StorageQuota quota;
    private final Runnable tidy;
    private final Runnable changed;
    private final Timers timers;
    private final Executor threads;
    private boolean full;
    private boolean stopped;

    /**
     * @param tidy measures, and deletes what has to go
     * @param changed hears of every change between full and not full
     * @param threads for what touches the disk
     */
    public StorageWatch(StorageQuota quota, Runnable tidy, Runnable changed, Timers timers, Executor threads) {
        this.quota = quota;
        this.tidy = tidy;
        this.changed = changed;
        this.timers = timers;
        this.threads = threads;
    }

    public synchronized void start() {
        next();
    }

    public synchronized void stop() {
        stopped = true;
    }

    /** The next measurement begins a period after this one ended: a slow disk is not kept busy by it. */
    private synchronized void next() {
        if (!stopped) {
            timers.schedule(PERIOD, threads, this::measure);
        }
    }

    private void measure() {
        try {
            tidy.run();
            if (turned()) {
                quota.full().ifPresentOrElse(LOG::warn, () -> LOG.info("There is room in the storage again"));
                changed.run();
            }
        } catch (RuntimeException e) {
            LOG.warn("The storage cannot be measured: {}", e.getMessage());
        }
        next();
    }

    private synchronized boolean turned() {
        boolean now = quota.full().isPresent();
        boolean turned = now != full;
        full = now;
        return turned && !stopped;
    }
}
