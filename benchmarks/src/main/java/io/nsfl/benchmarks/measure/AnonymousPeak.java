package io.nsfl.benchmarks.measure;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** The most anonymous memory that this process has while it is watched: looked at a hundred times a second. */
public final class AnonymousPeak implements AutoCloseable {
    private static final long PERIOD_MILLIS = 10;

    private final Thread thread =
            Thread.ofPlatform().daemon().name("watches memory").unstarted(this::run);
    private double most;

    private AnonymousPeak() {}

    public static AnonymousPeak watch() {
        AnonymousPeak peak = new AnonymousPeak();
        peak.thread.start();
        return peak;
    }

    /** So far, MiB. */
    public double mebibytes() {
        look();
        synchronized (this) {
            return most;
        }
    }

    private void run() {
        try {
            while (true) {
                look();
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void look() {
        try {
            most = Math.max(
                    most, PlatformMemory.anonymous(ProcessHandle.current().pid()));
        } catch (IOException unreadable) {
            throw new IllegalStateException("/proc cannot be read: this measurement needs Linux", unreadable);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
