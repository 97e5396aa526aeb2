package io.nsfl.storage.document;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.util.Locale;

/** Which database keeps the documents. */
public enum DatabaseType {
    /** PostgreSQL: a table for each collection. */
    POSTGRESQL,
    /** MongoDB. */
    MONGO,
    /** None: everything is forgotten with the process. */
    MEMORY;

    /**
     * From a configuration's word: {@code postgreSQL}, {@code mongo} or {@code memory}, in any case.
     *
     * @throws FaultException {@code CONFIGURATION_INVALID}: another word
     */
    public static DatabaseType of(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "postgresql" -> POSTGRESQL;
            case "mongo" -> MONGO;
            case "memory" -> MEMORY;
            default ->
                throw new FaultException(
                        Fault.CONFIGURATION_INVALID,
                        "The database type \"%s\" is unknown: set DB_TYPE to postgreSQL, mongo or memory."
                                .formatted(word));
        };
    }
}
