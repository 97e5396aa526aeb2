package io.nsfl.taskmanager.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutorDirectoriesTest {
    private static final Instant NOW = Instant.parse("2026-05-19T14:40:13Z");

    @TempDir
    Path root;

    @Test
    void nothingStaysForEverOfAnExecutorWhoseRunIsOver() throws IOException {
        ExecutorDirectories directories = new ExecutorDirectories(root.resolve("executors"));
        directories.tidy(NOW, name -> false);
        for (String name : Set.of("over", "idle", "latest")) {
            Files.createDirectories(directories.of(name).resolve("private/train-1-1"));
            Files.createFile(directories.of(name).resolve("private/train-1-1/update.safetensors"));
            Instant launched = name.equals("latest") ? NOW : NOW.minus(ExecutorDirectories.UNUSED);
            Files.setLastModifiedTime(Files.createFile(directories.configFile(name)), FileTime.from(launched));
        }

        directories.tidy(NOW.plus(Duration.ofHours(1)), "idle"::equals);

        assertThat(directories.of("over")).doesNotExist();
        assertThat(directories.of("idle")).isNotEmptyDirectory();
        assertThat(directories.of("latest")).isNotEmptyDirectory();
    }
}
