package io.nsfl.storage.document.mongo;

import com.mongodb.MongoException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.document.DatabaseSettings;
import io.nsfl.storage.document.Patience;
import io.nsfl.storage.document.Pause;
import java.util.Optional;
import java.util.function.IntFunction;

/** Reaches the database, again and again while it is away, for a bounded time. */
final class Reach {
    private static final int UNAUTHORIZED = 13;
    private static final int AUTHENTICATION_FAILED = 18;

    private final DatabaseSettings settings;
    private final Pause pause;

    Reach(DatabaseSettings settings, Pause pause) {
        this.settings = settings;
        this.pause = pause;
    }

    /** @param work gets the attempt's number from 1: an earlier one may have been applied although its answer was lost */
    <T> T run(IntFunction<T> work) {
        Patience patience = new Patience(settings, pause);
        while (true) {
            try {
                return work.apply(patience.attempt());
            } catch (RuntimeException failure) {
                MongoException cause = cause(failure).orElseThrow(() -> failure);
                if (!passes(cause)) {
                    throw explained(cause, failure);
                }
                patience.failed(cause);
            }
        }
    }

    private static Optional<MongoException> cause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MongoException mongo) {
                return Optional.of(mongo);
            }
        }
        return Optional.empty();
    }

    private static boolean passes(MongoException failure) {
        return failure instanceof MongoSocketException
                || failure instanceof MongoTimeoutException
                || failure instanceof MongoNotPrimaryException
                || failure instanceof MongoNodeIsRecoveringException;
    }

    private RuntimeException explained(MongoException cause, RuntimeException failure) {
        if (cause instanceof MongoSecurityException || cause.getCode() == AUTHENTICATION_FAILED) {
            return new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The database %s at %s refuses the user %s: check DB_USERNAME and DB_PASSWORD."
                            .formatted(settings.database(), settings.address(), settings.username()),
                    failure);
        }
        if (cause.getCode() == UNAUTHORIZED) {
            return new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The database user %s lacks a right: give it the role readWrite on %s."
                            .formatted(settings.username(), settings.database()),
                    failure);
        }
        return failure;
    }
}
