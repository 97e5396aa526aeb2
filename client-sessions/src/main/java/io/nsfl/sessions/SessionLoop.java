package io.nsfl.sessions;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions' own thread: runs what is posted one after the other, and after each batch the step that makes it durable, so that a
 * thousand events cost a few writes. Timers post like everybody else.
 */
final class SessionLoop implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(SessionLoop.class);
    private static final int BATCH = 256;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final LinkedBlockingQueue<Runnable> posted = new LinkedBlockingQueue<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("nsfl-sessions-timer").daemon().factory());
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean stopped;

    /** @param afterBatch runs on the loop's thread after each batch */
    void start(Runnable afterBatch) {
        Thread.ofPlatform().name("nsfl-sessions").daemon().start(() -> work(afterBatch));
    }

    /** What is posted after the end is dropped: nobody waits for it any more. */
    @Override
    public void execute(Runnable task) {
        posted.add(task);
    }

    void every(Duration period, Runnable task) {
        timer.scheduleAtFixedRate(() -> guarded(task), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void work(Runnable afterBatch) {
        List<Runnable> batch = new ArrayList<>();
        try {
            while (!stopped) {
                batch.add(posted.take());
                posted.drainTo(batch, BATCH - 1);
                batch.forEach(SessionLoop::guarded);
                batch.clear();
                guarded(afterBatch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("A step of the clients' sessions failed; the others go on", e);
        }
    }

    /** Runs the last task, after everything posted before it, and ends. */
    void closeAfter(Runnable last) {
        if (closing.getAndSet(true)) {
            return;
        }
        timer.shutdownNow();
        posted.add(() -> {
            guarded(last);
            stopped = true;
        });
        try {
            if (!ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("The clients' sessions did not end within {} s", PATIENCE.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
