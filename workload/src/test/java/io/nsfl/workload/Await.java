package io.nsfl.workload;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for a condition, at most 60 s. */
public final class Await {
    private Await() {}

    public static void until(String what, BooleanSupplier condition) {
        for (int looks = 0; looks < 6000; looks++) {
            if (condition.getAsBoolean()) {
                return;
            }
            try {
                new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        throw new AssertionError("Within 60 s it did not happen that " + what);
    }
}
