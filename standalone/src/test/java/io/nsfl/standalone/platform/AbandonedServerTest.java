package io.nsfl.standalone.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AbandonedServerTest {
    @TempDir
    private Path database;

    private Process process;

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void endsTheServerThatWorksOnTheData() throws IOException {
        start(data().toString());
        AbandonedServer.of(database).end();
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void leavesAProcessAloneThatGotTheServersId() throws IOException {
        start("/something/else");
        AbandonedServer.of(database).end();
        assertThat(process.isAlive()).isTrue();
    }

    @Test
    void isContentWithoutAServer() throws IOException {
        AbandonedServer.of(database).end();
        Files.createDirectories(data());
        Files.writeString(data().resolve("postmaster.pid"), "\n");
        AbandonedServer.of(database).end();
        assertThat(data().resolve("postmaster.pid")).exists();
    }

    private Path data() {
        return database.resolve("data");
    }

    /** Waits on its standard input until it is ended. */
    private void start(String argument) throws IOException {
        process = new ProcessBuilder("sh", "-c", "read line", "server", "-D", argument, "-p", "1").start();
        Files.createDirectories(data());
        Files.writeString(data().resolve("postmaster.pid"), process.pid() + "\n" + argument + "\n");
    }
}
