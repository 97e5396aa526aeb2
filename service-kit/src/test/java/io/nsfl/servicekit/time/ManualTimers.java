package io.nsfl.servicekit.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;

/**
 * A clock that stands still until a test moves it, and the timers that go by it. Tasks run in order of their time (those of the same
 * time in the order they were scheduled), each with the clock at its own time, handed to their executors. Safe from any thread;
 * the clock is moved by one.
 */
public final class ManualTimers implements Timers, InstantSource {
    private final PriorityQueue<Scheduled> queue =
            new PriorityQueue<>(Comparator.comparing(Scheduled::at).thenComparing(Scheduled::order));
    private Instant now;
    private long order;

    public ManualTimers(Instant start) {
        now = start;
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    @Override
    public synchronized Timer schedule(Duration delay, Executor executor, Runnable task) {
        Scheduled scheduled =
                new Scheduled(now.plus(delay.isNegative() ? Duration.ZERO : delay), order++, executor, task);
        queue.add(scheduled);
        return () -> {
            synchronized (this) {
                scheduled.cancelled = true;
                queue.remove(scheduled);
            }
        };
    }

    /** Moves the clock on and runs what falls due on the way, also what is scheduled meanwhile. */
    public void advance(Duration by) {
        Instant end = instant().plus(by);
        for (Optional<Scheduled> due = nextUntil(end); due.isPresent(); due = nextUntil(end)) {
            due.get().handOver();
        }
        synchronized (this) {
            now = end;
        }
    }

    /** Runs what is due at this moment, without moving the clock. */
    public void runDue() {
        advance(Duration.ZERO);
    }

    /** How many tasks wait. */
    public synchronized int pending() {
        return queue.size();
    }

    /** How long until the next one falls due. */
    public synchronized Optional<Duration> untilNext() {
        return Optional.ofNullable(queue.peek()).map(next -> Duration.between(now, next.at()));
    }

    private synchronized Optional<Scheduled> nextUntil(Instant end) {
        Scheduled next = queue.peek();
        if (next == null || next.at().isAfter(end)) {
            return Optional.empty();
        }
        if (next.at().isAfter(now)) {
            now = next.at();
        }
        return Optional.of(queue.remove());
    }

    private static final class Scheduled {
        private final Instant at;
        private final long order;
        private final Executor executor;
        private final Runnable task;
        private volatile boolean cancelled;

        Scheduled(Instant at, long order, Executor executor, Runnable task) {
            this.at = at;
            this.order = order;
            this.executor = executor;
            this.task = task;
        }

        Instant at() {
            return at;
        }

        long order() {
            return order;
        }

        void handOver() {
            executor.execute(() -> {
                if (!cancelled) {
                    task.run();
                }
            });
        }
    }
}
