package io.nsfl.storage.document;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.time.Duration;

/** How one call waits for a database that is away: pauses that double, a bounded number of attempts. One thread; a new one for each call. */
public final class Patience {
    private final DatabaseSettings settings;
    private final Pause pause;
    private Duration wait;
    private int attempt = 1;

    public Patience(DatabaseSettings settings, Pause pause) {
        this.settings = settings;
        this.pause = pause;
        this.wait = settings.retry().first();
    }

    /** The number of the present attempt, from 1. */
    public int attempt() {
        return attempt;
    }

    /**
     * The present attempt failed because the database is away: waits for the next one.
     *
     * @throws FaultException DATABASE_UNAVAILABLE if there is none, or the thread is interrupted
     */
    public void failed(Throwable failure) {
        if (attempt >= settings.retry().attempts()) {
            throw unavailable(failure);
        }
        try {
            pause.pause(wait);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unavailable(interrupted);
        }
        attempt++;
        Duration twice = wait.multipliedBy(2);
        Duration longest = settings.retry().longest();
        wait = twice.compareTo(longest) < 0 ? twice : longest;
    }

    private FaultException unavailable(Throwable failure) {
        return new FaultException(
                Fault.DATABASE_UNAVAILABLE,
                "The database %s at %s does not answer; the request was not carried out and can be repeated."
                        .formatted(settings.database(), settings.address()),
                settings.retry().longest(),
                failure);
    }
}
