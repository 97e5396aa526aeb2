package io.nsfl.servicekit.access;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bounds logins that fail, per user at an address and per address, in windows of a minute. An attempt is counted before it is made, so that
 * many at once gain nothing, and given back when it succeeds. Thread-safe; remembers a bounded number of origins.
 */
final class AttemptLimit {
    static final int PER_USER = 10;
    static final int PER_ADDRESS = 100;

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int ORIGINS = 20_000;

    private record Count(Instant since, int attempts) {}

    private record Origin(String address, String user) {}

    private final InstantSource clock;
    private final Map<Origin, Count> counts = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Origin, Count> eldest) {
            return size() > ORIGINS;
        }
    };

    AttemptLimit(InstantSource clock) {
        this.clock = clock;
    }

    /** @throws FaultException ATTEMPTS_EXCEEDED, with the time to wait */
    synchronized void begin(String address, String user) {
        refuseBeyond(new Origin(address, user), PER_USER);
        begin(address);
        count(new Origin(address, user));
    }

    /** For proofs that name nobody before they are checked. */
    synchronized void begin(String address) {
        refuseBeyond(new Origin(address, ""), PER_ADDRESS);
        count(new Origin(address, ""));
    }

    /** The attempt that was begun was a good one, or nobody could tell. */
    synchronized void giveBack(String address, String user) {
        giveBack(new Origin(address, user));
        giveBack(address);
    }

    synchronized void giveBack(String address) {
        giveBack(new Origin(address, ""));
    }

    private void giveBack(Origin origin) {
        counts.computeIfPresent(
                origin, (same, count) -> count.attempts() <= 1 ? null : new Count(count.since(), count.attempts() - 1));
    }

    private void count(Origin origin) {
        Count count = current(origin);
        counts.put(origin, new Count(count.since(), count.attempts() + 1));
    }

    private Count current(Origin origin) {
        Instant now = clock.instant();
        Count count = counts.get(origin);
        return count == null || !now.isBefore(count.since().plus(WINDOW)) ? new Count(now, 0) : count;
    }

    private void refuseBeyond(Origin origin, int most) {
        Count count = current(origin);
        if (count.attempts() >= most) {
            throw new FaultException(
                    Fault.ATTEMPTS_EXCEEDED,
                    "Too many logins failed from here within a minute: wait and send the right credentials.",
                    Duration.between(clock.instant(), count.since().plus(WINDOW)),
                    null);
        }
    }
}
