package io.nsfl.systemtests.crash;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Waits for a condition, looking often; how fast the machine is decides nothing. */
public final class Await {
    /** A machine with much else to do starts a service in less. */
    public static final Duration LONG = Duration.ofMinutes(5);

    private static final long LOOK_MILLIS = 5;

    private Await() {}

    /** @param state told when the time is up */
    public static void until(String what, Duration atMost, Callable<Boolean> condition, Supplier<String> state)
            throws Exception {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(what + ": not within " + atMost.toSeconds() + " s. " + state.get());
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    public static void until(String what, Callable<Boolean> condition) throws Exception {
        until(what, LONG, condition, () -> "");
    }
}
