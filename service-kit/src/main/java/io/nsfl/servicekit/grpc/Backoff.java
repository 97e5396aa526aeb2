package io.nsfl.servicekit.grpc;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential back-off with full jitter: the n-th wait is uniform between 0 and min(max, base x 2^n), so that many clients that lost the
 * same server do not come back together. One thread at a time.
 */
public final class Backoff {
    private final Duration base;
    private final Duration max;
    private final RandomGenerator random;
    private int failures;

    public Backoff(Duration base, Duration max, RandomGenerator random) {
        if (base.isNegative() || base.isZero() || max.compareTo(base) < 0) {
            throw new IllegalArgumentException("Back-off needs 0 < base <= max, got " + base + " and " + max);
        }
        this.base = base;
        this.max = max;
        this.random = random;
    }

    /** How long to wait before the next try; each call counts as one more failure. */
    public Duration next() {
        long ceiling = max.toNanos();
        if (failures < Long.SIZE - 1) {
            long scaled = base.toNanos() << failures;
            // A shift that lost bits is far beyond any maximum.
            if (scaled >> failures == base.toNanos() && scaled < ceiling) {
                ceiling = scaled;
            }
            failures++;
        }
        return Duration.ofNanos(random.nextLong(ceiling + 1));
    }

    /** It worked: the next failure starts from the base again. */
    public void reset() {
        failures = 0;
    }

    /** Failures since the last success. */
    public int failures() {
        return failures;
    }
}
