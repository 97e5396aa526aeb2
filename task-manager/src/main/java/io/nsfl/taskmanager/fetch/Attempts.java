package io.nsfl.taskmanager.fetch;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultCategory;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.servicekit.fault.GrpcFaults;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.taskmanager.ids.TaskKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work against a coordinator that is tried until it succeeds, is refused for good, or is not wanted any more. One piece of work per task at a
 * time; each try runs on a thread of its own, which is interrupted when the work is cancelled. Safe from any thread.
 */
public final class Attempts {
    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
    private static final Duration BASE = Duration.ofMillis(200);
    private static final Duration MAX = Duration.ofSeconds(15);

    private final ThreadFactory threads;
    private final Timers timers;
    private final RandomGenerator random;
    private final Map<TaskKey, Attempt> running = new HashMap<>();

    /** What is tried; may block. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    public Attempts(ThreadFactory threads, Timers timers, RandomGenerator random) {
        this.threads = threads;
        this.timers = timers;
        this.random = random;
    }

    /** Starts the work, in place of what was done for this task before. @param refused gets a failure that another try does not mend */
    public void start(TaskKey task, Work work, Consumer<FaultException> refused) {
        Attempt attempt = new Attempt(task, work, refused, new Backoff(BASE, MAX, random));
        Attempt before;
        synchronized (this) {
            before = running.put(task, attempt);
        }
        if (before != null) {
            before.cancel();
        }
        attempt.run();
    }

    public void cancel(TaskKey task) {
        Attempt attempt;
        synchronized (this) {
            attempt = running.remove(task);
        }
        if (attempt != null) {
            attempt.cancel();
        }
    }

    private synchronized boolean current(Attempt attempt) {
        return running.get(attempt.task) == attempt;
    }

    private synchronized void done(Attempt attempt) {
        running.remove(attempt.task, attempt);
    }

    /** Whether asking again can help. */
    public static boolean passes(FaultException failure) {
        return failure.retryAfter().isPresent()
                || failure.fault().category() == FaultCategory.EXTERNAL
                || failure.fault() == Fault.UPLOADS_BUSY;
    }

    /** Whether the work itself is no longer wanted. */
    public static boolean stale(FaultException failure) {
        return switch (failure.fault()) {
            case STALE_RUN, STALE, TOKEN_INVALID, UPDATE_TOO_LATE -> true;
            default -> false;
        };
    }

    private final class Attempt {
        private final TaskKey task;
        private final Work work;
        private final Consumer<FaultException> refused;
        private final Backoff backoff;
        private Thread thread;

        private Attempt(TaskKey task, Work work, Consumer<FaultException> refused, Backoff backoff) {
            this.task = task;
            this.work = work;
            this.refused = refused;
            this.backoff = backoff;
        }

        private synchronized void run() {
            if (current(this)) {
                thread = threads.newThread(this::tryOnce);
                thread.start();
            }
        }

        private synchronized void cancel() {
            if (thread != null) {
                thread.interrupt();
            }
        }

        private void tryOnce() {
            try {
                work.run();
                done(this);
            } catch (Exception failed) {
                if (current(this)) {
                    decide(GrpcFaults.from(failed));
                }
            }
        }

        private void decide(FaultException failure) {
            if (!passes(failure)) {
                done(this);
                refused.accept(failure);
                return;
            }
            Duration wait = failure.retryAfter().orElseGet(backoff::next);
            LOG.debug("Task {} is tried again in {} ms: {}", task, wait.toMillis(), failure.getMessage());
            Executor here = Runnable::run;
            timers.schedule(wait, here, this::run);
        }
    }
}
