package io.nsfl.standalone.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class AbandonedServerTest {
    @TempDir
    private Path database;

    private Path data;
    private Process process;

    @BeforeEach
    void make() throws IOException {
        data = Files.createDirectories(database.resolve("data"));
    }

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void endsTheServerThatWorksOnTheData() throws IOException {
        start(data);
        AbandonedServer.of(database).end();
        // Its parent, this process, hears of its end a moment after the system.
        process.onExit().join();
        assertThat(data.resolve("postmaster.pid")).doesNotExist();
    }

    @Test
    void leavesAProcessAloneThatGotTheServersId() throws IOException {
        start(database);
        AbandonedServer.of(database).end();
        assertThat(process.isAlive()).isTrue();
        assertThat(data.resolve("postmaster.pid")).doesNotExist();
    }

    @Test
    void isContentWithoutAServer() throws IOException {
        Files.writeString(data.resolve("postmaster.pid"), "\n");
        AbandonedServer.of(database).end();
        AbandonedServer.of(database.resolve("nowhere")).end();
        assertThat(data).isEmptyDirectory();
    }

    /** Waits on its standard input until it is ended. */
    private void start(Path workingDirectory) throws IOException {
        process = new ProcessBuilder("sh", "-c", "read line")
                .directory(workingDirectory.toFile())
                .start();
        Files.writeString(data.resolve("postmaster.pid"), process.pid() + "\n" + data + "\n");
    }
}
