package io.nsfl.executor.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrantedDirectoryTest {
    @TempDir
    Path directory;

    private Path workspace;
    private Path granted;

    @BeforeEach
    void make() throws IOException {
        workspace = Files.createDirectories(directory.resolve("train-1_running"));
        Files.writeString(Files.createDirectories(workspace.resolve("scripts")).resolve("train.py"), "script");
        Files.writeString(workspace.resolve("init_weights.zip"), "weights");
        granted = Files.createDirectories(directory.resolve("own/granted"));
    }

    private void hasEverything() {
        assertThat(workspace.resolve("scripts/train.py")).hasContent("script");
        assertThat(workspace.resolve("init_weights.zip")).hasContent("weights");
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("train-1_running", "own");
    }

    @Test
    void takesThePlaceWithAllThatIsInIt() throws IOException {
        Object itself = Files.readAttributes(granted, "unix:ino").get("ino");

        GrantedDirectory.takePlaceOf(workspace, granted);

        assertThat(Files.readAttributes(workspace, "unix:ino")).containsEntry("ino", itself);
        hasEverything();
    }

    @Test
    void isUndoneWhereItWasInterrupted() throws IOException {
        Path between = directory.resolve("train-1_running.granted");
        Files.move(granted, between);
        Files.move(workspace.resolve("scripts"), between.resolve("scripts"));

        GrantedDirectory.undo(workspace);

        hasEverything();
    }

    @Test
    void goesOnAfterAnInterruption() throws IOException {
        Files.move(
                workspace.resolve("scripts"),
                Files.createDirectories(directory.resolve("train-1_running.granted"))
                        .resolve("scripts"));

        GrantedDirectory.takePlaceOf(workspace, granted);

        hasEverything();
    }

    @Test
    void changesNothingWhereNothingWasInterrupted() throws IOException {
        GrantedDirectory.undo(workspace);

        hasEverything();
    }
}
