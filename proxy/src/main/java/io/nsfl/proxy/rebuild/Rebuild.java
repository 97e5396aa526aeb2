package io.nsfl.proxy.rebuild;

import io.nsfl.proxy.route.RouteTable;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.time.Timers;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the table whole without the job-scheduler having to know of a restart here: asks for all routes at the start until there is an answer,
 * regularly, and, at most once a second, when a job is asked for that is not in the table.
 */
public final class Rebuild implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Rebuild.class);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(15);

    private final SchedulerCalls scheduler;
    private final RouteTable table;
    private final Duration interval;
    private final InstantSource clock;
    private final Timers timers;
    private final Executor threads;
    private final Backoff backoff;
    private Instant asked = Instant.EPOCH;
    private boolean asking;
    private boolean closed;
    private Timers.Timer next = () -> {};

    /** @param threads may block */
    public Rebuild(
            SchedulerCalls scheduler,
            RouteTable table,
            Duration interval,
            InstantSource clock,
            Timers timers,
            Executor threads,
            RandomGenerator random) {
        this.scheduler = scheduler;
        this.table = table;
        this.interval = interval;
        this.clock = clock;
        this.timers = timers;
        this.threads = threads;
        this.backoff = new Backoff(SHORTEST, LONGEST, random);
    }

    /** Asks now, and goes on asking. */
    public void start() {
        threads.execute(this::ask);
    }

    /** Somebody wants a job that is not in the table. Returns at once. */
    public synchronized void wanted() {
        if (!asking && !clock.instant().isBefore(asked.plus(SHORTEST))) {
            threads.execute(this::ask);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        next.cancel();
    }

    private void ask() {
        synchronized (this) {
            if (asking || closed) {
                return;
            }
            asking = true;
            asked = clock.instant();
            next.cancel();
        }
        Duration pause = interval;
        try {
            long since = table.moment();
            Map<String, String> list = scheduler.routes();
            table.rebuild(list, since);
            if (backoff.failures() > 0) {
                log.info("The job-scheduler answers: there are {} routes", list.size());
            }
            backoff.reset();
        } catch (IOException away) {
            if (backoff.failures() == 0) {
                log.warn(
                        "The job-scheduler cannot be asked for the routes ({}); those that are known stay, and it is asked again",
                        away.getMessage() == null ? away : away.getMessage());
            }
            pause = backoff.next().plus(SHORTEST);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            again(pause);
        }
    }

    private synchronized void again(Duration pause) {
        asking = false;
        if (!closed) {
            next = timers.schedule(pause, threads, this::ask);
        }
    }
}
