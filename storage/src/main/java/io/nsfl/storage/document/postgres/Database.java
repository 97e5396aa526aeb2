package io.nsfl.storage.document.postgres;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.document.DatabaseSettings;
import io.nsfl.storage.document.Patience;
import io.nsfl.storage.document.Pause;
import jakarta.persistence.PersistenceException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** Runs one unit of work in a transaction, again and again while the database is away, for a bounded time. */
final class Database {
    private final DatabaseSettings settings;
    private final Pause pause;
    private final TransactionTemplate writing;
    private final TransactionTemplate reading;

    Database(DatabaseSettings settings, Pause pause, PlatformTransactionManager transactions) {
        this.settings = settings;
        this.pause = pause;
        this.writing = new TransactionTemplate(transactions);
        this.reading = new TransactionTemplate(transactions);
        reading.setReadOnly(true);
    }

    /**
     * The work's answer.
     *
     * @param work gets the attempt's number from 1: later attempts may find that an earlier one was applied although its
     *     answer was lost
     */
    <T> T write(IntFunction<T> work) {
        return run(writing, work);
    }

    /** The work's answer; it changes nothing, and what it loads is not watched for changes. */
    <T> T read(Supplier<T> work) {
        return run(reading, attempt -> work.get());
    }

    private <T> T run(TransactionTemplate transaction, IntFunction<T> work) {
        Patience patience = new Patience(settings, pause);
        while (true) {
            try {
                return once(transaction, () -> work.apply(patience.attempt()));
            } catch (PersistenceException | DataAccessException | TransactionException failure) {
                if (!SqlStates.passes(failure)) {
                    throw explained(failure);
                }
                patience.failed(failure);
            }
        }
    }

    /** Fails with the work's own failure: the rollback on a dead connection fails too, and says less. */
    private static <T> T once(TransactionTemplate transaction, Supplier<T> work) {
        AtomicReference<RuntimeException> first = new AtomicReference<>();
        try {
            return transaction.execute(status -> {
                try {
                    return work.get();
                } catch (RuntimeException failure) {
                    first.set(failure);
                    throw failure;
                }
            });
        } catch (RuntimeException last) {
            throw first.get() == null ? last : first.get();
        }
    }

    private RuntimeException explained(RuntimeException failure) {
        if (SqlStates.isRefusedUser(failure)) {
            return new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The database at %s refuses the user %s: check DB_USERNAME and DB_PASSWORD."
                            .formatted(settings.address(), settings.username()),
                    failure);
        }
        if (SqlStates.isAbsentDatabase(failure)) {
            return new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The database %s does not exist at %s: create it, or set DB_NAME."
                            .formatted(settings.database(), settings.address()),
                    failure);
        }
        return failure;
    }
}
