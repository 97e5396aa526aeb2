package io.nsfl.storage.document;

import java.time.Duration;
import java.util.Objects;

/**
 * Where the database is and how long to wait for it.
 *
 * @param type which it is; of {@code MEMORY} nothing else is looked at
 * @param address {@code host:port}; for MongoDB also several, separated by commas, or {@code mongodb://…}
 * @param database its name
 * @param username the user; empty = MongoDB without authentication
 * @param password the user's password; may be empty, never logged
 * @param connections most connections held at a time
 * @param connectTimeout how long one attempt waits for a connection
 * @param retry what happens when an attempt fails because the database is away
 */
public record DatabaseSettings(
        DatabaseType type,
        String address,
        String database,
        String username,
        String password,
        int connections,
        Duration connectTimeout,
        Retry retry) {
    public DatabaseSettings {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(username, "username");
        Objects.requireNonNull(password, "password");
        Objects.requireNonNull(connectTimeout, "connectTimeout");
        Objects.requireNonNull(retry, "retry");
    }

    /** With the usual patience: 4 connections, 3 s for each of 5 attempts, pauses from 200 ms up to 2 s. */
    public static DatabaseSettings of(
            DatabaseType type, String address, String database, String username, String password) {
        return new DatabaseSettings(
                type, address, database, username, password, 4, Duration.ofSeconds(3), Retry.usual());
    }

    /** Nothing but this process's memory. */
    public static DatabaseSettings memory() {
        return of(DatabaseType.MEMORY, "", "", "", "");
    }

    /**
     * Bounded back-off: pauses double from {@code first} to {@code longest}.
     *
     * @param attempts at least 1
     */
    public record Retry(int attempts, Duration first, Duration longest) {
        public static Retry usual() {
            return new Retry(5, Duration.ofMillis(200), Duration.ofSeconds(2));
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "%s %s of %s as %s".formatted(type, database, address, username);
    }
}
