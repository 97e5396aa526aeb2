package io.nsfl.scheduler.route;

import io.nsfl.protocol.ids.JobKey;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.time.Timers;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the proxy every route until it has taken it, and then again every {@link #RENEWAL}: a proxy that was started again, or a second one behind
 * the same address, has it soon.
 */
public final class ProxyRoutes implements Routes {
    /** Between two tellings of a route that the proxy has. */
    public static final Duration RENEWAL = Duration.ofSeconds(30);

    private static final Duration FIRST_WAIT = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);
    private static final String NOWHERE = "";

    private static final Logger log = LoggerFactory.getLogger(ProxyRoutes.class);

    private final ProxyCalls proxy;
    private final Timers timers;
    private final Executor threads;
    private final RandomGenerator random;
    private final Map<JobKey, Line> lines = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** @param threads may block */
    public ProxyRoutes(ProxyCalls proxy, Timers timers, Executor threads, RandomGenerator random) {
        this.proxy = proxy;
        this.timers = timers;
        this.threads = threads;
        this.random = random;
    }

    @Override
    public void register(JobKey job, String address) {
        want(job, address);
    }

    @Override
    public void remove(JobKey job) {
        want(job, NOWHERE);
    }

    @Override
    public void close() {
        closed = true;
    }

    private void want(JobKey job, String address) {
        lines.compute(job, (key, present) -> {
            Line line = present == null ? new Line(key) : present;
            if (!address.equals(line.wanted)) {
                line.wanted = address;
                threads.execute(line::tell);
            }
            return line;
        });
    }

    /** One job's line in the proxy's table. One thread at a time talks about it, so that the last word is the last wish. */
    private final class Line {
        private final JobKey job;
        private final ReentrantLock telling = new ReentrantLock();
        private final Backoff backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT, random);
        private volatile String wanted;
        private Timers.Timer next = () -> {};

        private Line(JobKey job) {
            this.job = job;
        }

        private void tell() {
            telling.lock();
            try {
                next.cancel();
                if (closed) {
                    return;
                }
                String told = wanted;
                if (told.equals(NOWHERE)) {
                    proxy.delete(job);
                } else {
                    proxy.put(job, told);
                }
                taken(told);
            } catch (IOException refused) {
                again(refused);
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            } finally {
                telling.unlock();
            }
        }

        private void taken(String told) {
            if (backoff.failures() > 0) {
                log.info("Job {}: the proxy at {} has the route now", job, proxy);
                backoff.reset();
            }
            if (told.equals(NOWHERE)) {
                lines.computeIfPresent(job, (key, line) -> line == this && wanted.equals(NOWHERE) ? null : line);
            } else {
                next = timers.schedule(RENEWAL, threads, this::tell);
            }
        }

        private void again(IOException refused) {
            if (backoff.failures() == 0) {
                log.warn(
                        "Job {}: the proxy at {} cannot be told the route yet ({}); clients wait, and this is tried again",
                        job,
                        proxy,
                        refused.getMessage() == null ? refused : refused.getMessage());
            }
            next = timers.schedule(backoff.next(), threads, this::tell);
        }
    }
}
