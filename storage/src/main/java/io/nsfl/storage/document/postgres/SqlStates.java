package io.nsfl.storage.document.postgres;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What PostgreSQL said of a failure, however many layers have wrapped it since. */
final class SqlStates {
    /** Of a database that is starting or stopping, or has no room: they pass by themselves. */
    private static final Set<String> PASSING = Set.of("57P01", "57P02", "57P03", "53300", "40001", "40P01");

    private SqlStates() {}

    /** The same again may succeed: the database was away, or could not serve this one now. */
    static boolean passes(Throwable failure) {
        if (isRefusedUser(failure) || said(failure, state -> state.startsWith("3D"))) {
            return false;
        }
        return said(failure, state -> state.startsWith("08") || PASSING.contains(state)) || hasNoConnection(failure);
    }

    static boolean isRefusedUser(Throwable failure) {
        return said(failure, state -> state.startsWith("28"));
    }

    static boolean isAbsentDatabase(Throwable failure) {
        return said(failure, "3D000"::equals);
    }

    static boolean isAbsentTable(Throwable failure) {
        return said(failure, "42P01"::equals);
    }

    static boolean isDuplicateKey(Throwable failure) {
        return said(failure, "23505"::equals);
    }

    /** The pool gives up waiting without an SQL state of its own. */
    private static boolean hasNoConnection(Throwable failure) {
        return causes(failure).anyMatch(SQLTransientConnectionException.class::isInstance);
    }

    private static boolean said(Throwable failure, Predicate<String> test) {
        return causes(failure)
                .map(cause -> cause instanceof SQLException sql ? sql.getSQLState() : null)
                .anyMatch(state -> state != null && test.test(state));
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause);
    }
}
