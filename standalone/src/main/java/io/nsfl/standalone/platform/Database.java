package io.nsfl.standalone.platform;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * A PostgreSQL of this installation's own, on an ephemeral loopback port. Its data stay; whoever connects needs the password that
 * the installation's secrets hold.
 */
final class Database implements AutoCloseable {
    static final String USER = "postgres";
    static final String NAME = "neursafe_fl";

    private static final Duration START = Duration.ofSeconds(60);
    private static final String ACCESS = """
            # Only this machine, only with the password.
            host all all 127.0.0.1/32 scram-sha-256
            """;

    static final String DATA = "data";

    private final EmbeddedPostgres server;

    private Database(EmbeddedPostgres server) {
        this.server = server;
    }

    static Database start(Path directory, String password) throws IOException, SQLException {
        Path data = directory.resolve(DATA);
        Path secured = directory.resolve("secured");
        boolean known = Files.exists(secured);
        AbandonedServer.of(directory).end();
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(directory.resolve("programs").toFile())
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("unix_socket_directories", "")
                .setServerConfig("max_connections", "40")
                // A job that was accepted is not lost, whatever dies.
                .setServerConfig("fsync", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("synchronous_commit", "on")
                .setOutputRedirector(Redirect.appendTo(log(directory)))
                .setPGStartupWait(START);
        if (known) {
            builder.setConnectConfig("password", password);
        }
        Database database = new Database(builder.start());
        if (!known) {
            database.secure(data, password);
            Files.createFile(secured);
        }
        return database;
    }

    /** What the server itself has to say; of its present start only. */
    private static File log(Path directory) throws IOException {
        Path log = directory.resolve("server.log");
        Files.deleteIfExists(log);
        return log.toFile();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    private void secure(Path data, String password) throws SQLException, IOException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + NAME);
            // Hex digits: nothing in it to escape.
            statement.execute("ALTER ROLE " + USER + " PASSWORD '" + password + "'");
            Files.writeString(data.resolve("pg_hba.conf"), ACCESS);
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
