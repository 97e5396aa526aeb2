package io.nsfl.storage.document.postgres;

import java.time.Duration;
import java.util.Objects;

/**
 * Where the database is and how long to wait for it.
 *
 * @param address {@code host:port}
 * @param database its name
 * @param username the role
 * @param password the role's password; may be empty, never logged
 * @param connections most connections held at a time
 * @param connectTimeout how long one attempt waits for a connection
 * @param retry what happens when an attempt fails because the database is away
 */
public record PostgresSettings(
        String address,
        String database,
        String username,
        String password,
        int connections,
        Duration connectTimeout,
        Retry retry) {
    public PostgresSettings {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(username, "username");
        Objects.requireNonNull(password, "password");
        Objects.requireNonNull(connectTimeout, "connectTimeout");
        Objects.requireNonNull(retry, "retry");
    }

    /** With the usual patience: 4 connections, 3 s for each of 5 attempts, pauses from 200 ms up to 2 s. */
    public static PostgresSettings of(String address, String database, String username, String password) {
        return new PostgresSettings(address, database, username, password, 4, Duration.ofSeconds(3), Retry.usual());
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
        return "postgresql://%s@%s/%s".formatted(username, address, database);
    }
}
