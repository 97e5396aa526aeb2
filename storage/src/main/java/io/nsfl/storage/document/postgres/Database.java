package io.nsfl.storage.document.postgres;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.document.DatabaseSettings;
import io.nsfl.storage.document.Patience;
import io.nsfl.storage.document.Pause;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import java.util.function.Predicate;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;

/** Runs one unit of work in a transaction, again and again while the database is away, for a bounded time. */
final class Database {
    /** SQL states of a database that is starting or stopping, or has no room: they pass by themselves. */
    private static final Set<String> PASSING = Set.of("57P01", "57P02", "57P03", "53300", "40001", "40P01");

    private final DatabaseSettings settings;
    private final Pause pause;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;

    Database(DatabaseSettings settings, Pause pause, JdbcTemplate jdbc, TransactionTemplate transaction) {
        this.settings = settings;
        this.pause = pause;
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /**
     * The work's answer.
     *
     * @param work gets the attempt's number from 1: later attempts may find that an earlier one was applied although its
     *     answer was lost
     */
    <T> T run(Work<T> work) {
        Patience patience = new Patience(settings, pause);
        while (true) {
            try {
                return transaction.execute(status -> work.run(jdbc, patience.attempt()));
            } catch (DataAccessException | TransactionException thrown) {
                RuntimeException failure = cause(thrown);
                if (!passes(failure)) {
                    throw explained(failure);
                }
                patience.failed(failure);
            }
        }
    }

    /** A rollback on a dead connection fails too and hides what failed first. */
    private static RuntimeException cause(RuntimeException thrown) {
        return thrown instanceof TransactionSystemException system
                        && system.getApplicationException() instanceof RuntimeException first
                ? first
                : thrown;
    }

    private static boolean passes(Throwable failure) {
        if (sqlState(failure, state -> state.startsWith("28") || state.startsWith("3D"))) {
            return false;
        }
        return sqlState(failure, state -> state.startsWith("08") || PASSING.contains(state)) || noConnection(failure);
    }

    /** The pool gives up waiting without an SQL state of its own. */
    private static boolean noConnection(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLTransientConnectionException) {
                return true;
            }
        }
        return false;
    }

    private static boolean sqlState(Throwable failure, Predicate<String> test) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null && test.test(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    private RuntimeException explained(RuntimeException failure) {
        if (sqlState(failure, state -> state.startsWith("28"))) {
            return new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The database at %s refuses the user %s: check DB_USERNAME and DB_PASSWORD."
                            .formatted(settings.address(), settings.username()),
                    failure);
        }
        if (sqlState(failure, "3D000"::equals)) {
            return new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The database %s does not exist at %s: create it, or set DB_NAME."
                            .formatted(settings.database(), settings.address()),
                    failure);
        }
        return failure;
    }

    /** What is done in one transaction. */
    @FunctionalInterface
    interface Work<T> {
        T run(JdbcTemplate jdbc, int attempt);
    }
}
