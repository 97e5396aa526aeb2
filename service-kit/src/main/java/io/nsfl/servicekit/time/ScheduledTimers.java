package io.nsfl.servicekit.time;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Timers by the machine's monotonic clock: one daemon thread that only hands tasks to their executors. */
public final class ScheduledTimers implements Timers, AutoCloseable {
    private final ScheduledThreadPoolExecutor clock;

    public ScheduledTimers(String threadName) {
        // A step that is under way while its process stops may still want a timer; nobody waits for it.
        clock = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name(threadName).factory(), new ThreadPoolExecutor.DiscardPolicy());
        clock.setRemoveOnCancelPolicy(true);
        clock.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public Timer schedule(Duration delay, Executor executor, Runnable task) {
        Objects.requireNonNull(executor, "executor");
        Objects.requireNonNull(task, "task");
        AtomicBoolean done = new AtomicBoolean();
        Runnable once = () -> {
            if (done.compareAndSet(false, true)) {
                task.run();
            }
        };
        // Converted, not counted: a delay of more nanoseconds than a long holds becomes the longest there is.
        long nanos = Math.max(0, TimeUnit.NANOSECONDS.convert(delay));
        var scheduled = clock.schedule(() -> executor.execute(once), nanos, TimeUnit.NANOSECONDS);
        return () -> {
            done.set(true);
            scheduled.cancel(false);
        };
    }

    /** Nothing runs afterwards that was scheduled before or is then. */
    @Override
    public void close() {
        clock.shutdownNow();
    }
}
