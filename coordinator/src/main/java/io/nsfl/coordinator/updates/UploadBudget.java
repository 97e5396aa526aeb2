package io.nsfl.coordinator.updates;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Bounds the bytes of the results that are on their way in or wait for their decision, and so the disk they take. Safe for many threads.
 *
 * <p>One upload always fits, however large: a budget below the model's size slows a round down but does not stop it.
 */
public final class UploadBudget {
    private final long limit;
    private long used;
    private int uploads;

    public UploadBudget(long limit) {
        this.limit = limit;
    }

    /** @return a reservation to give back, or empty while there is no room */
    synchronized Optional<Reservation> reserve(long bytes) {
        if (uploads > 0 && used + bytes > limit) {
            return Optional.empty();
        }
        used += bytes;
        uploads++;
        return Optional.of(new Reservation(bytes));
    }

    private synchronized void giveBack(long bytes) {
        used -= bytes;
        uploads--;
    }

    /** Room for one upload. Giving it back twice is harmless. */
    final class Reservation implements AutoCloseable {
        private final long bytes;
        private final AtomicBoolean returned = new AtomicBoolean();

        private Reservation(long bytes) {
            this.bytes = bytes;
        }

        @Override
        public void close() {
            if (returned.compareAndSet(false, true)) {
                giveBack(bytes);
            }
        }
    }
}
