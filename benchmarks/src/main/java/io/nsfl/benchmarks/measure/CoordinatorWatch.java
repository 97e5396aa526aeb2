package io.nsfl.benchmarks.measure;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Looks for a coordinator and then at it, twenty times a second, until it is gone. */
public final class CoordinatorWatch implements AutoCloseable {
    private static final long PERIOD_MILLIS = 50;

    private final Path home;
    private final InstantSource clock;
    private final Timeline timeline = new Timeline();
    private final CountDownLatch found = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().daemon().name("watches the coordinator").unstarted(this::watch);

    private CoordinatorWatch(Path home, InstantSource clock) {
        this.home = home;
        this.clock = clock;
    }

    /** @param home below which the coordinator's configuration will lie */
    public static CoordinatorWatch start(Path home, InstantSource clock) {
        CoordinatorWatch watch = new CoordinatorWatch(home, clock);
        watch.thread.start();
        return watch;
    }

    /** Waits until the coordinator's process is there. */
    public boolean awaitStart(long seconds) throws InterruptedException {
        return found.await(seconds, TimeUnit.SECONDS);
    }

    /** What was seen so far. */
    public Timeline timeline() {
        return timeline;
    }

    private void watch() {
        try {
            Optional<CoordinatorProcess> process = CoordinatorProcess.below(home);
            while (process.isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
                process = CoordinatorProcess.below(home);
            }
            found.countDown();
            while (sample(process.get())) {
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (IOException unreadable) {
            throw new IllegalStateException("/proc cannot be read: this measurement needs Linux", unreadable);
        }
    }

    private boolean sample(CoordinatorProcess process) {
        Optional<MemoryStatus> memory = process.memory();
        Optional<Double> cpu = process.cpuSeconds();
        if (memory.isEmpty() || cpu.isEmpty()) {
            return false;
        }
        timeline.add(new Timeline.Sample(clock.instant(), memory.get(), cpu.get()));
        return true;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
