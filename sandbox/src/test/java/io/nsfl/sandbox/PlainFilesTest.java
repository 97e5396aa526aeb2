package io.nsfl.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainFilesTest {
    @TempDir
    Path directory;

    private Path workspace;
    private Path secret;

    @BeforeEach
    void make() throws IOException {
        workspace = Files.createDirectories(directory.resolve("workspace"));
        secret = Files.writeString(
                Files.createDirectories(directory.resolve("other")).resolve("file"), "secret");
        Files.writeString(Files.createDirectories(workspace.resolve("own/deep")).resolve("file"), "own");
    }

    @Test
    void findsPlainFilesBelowPlainDirectories() throws IOException {
        Files.createSymbolicLink(workspace.resolve("link"), secret);
        Files.createSymbolicLink(workspace.resolve("through"), secret.getParent());

        assertThat(PlainFiles.find(workspace, "own/deep/file")).contains(workspace.resolve("own/deep/file"));
        assertThat(PlainFiles.find(workspace, "link")).isEmpty();
        assertThat(PlainFiles.find(workspace, "through/file")).isEmpty();
        assertThat(PlainFiles.find(workspace, "own/deep")).isEmpty();
        assertThat(PlainFiles.find(workspace, "absent")).isEmpty();
    }

    @Test
    void removesLinksAndNothingElse() throws IOException {
        Files.createSymbolicLink(workspace.resolve("own/deep/link"), secret);
        Files.createSymbolicLink(workspace.resolve("through"), secret.getParent());
        Files.createSymbolicLink(workspace.resolve("dangling"), directory.resolve("absent"));

        PlainFiles.removeLinks(workspace);

        assertThat(secret).hasContent("secret");
        assertThat(workspace.resolve("own/deep/file")).hasContent("own");
        assertThat(workspace.toFile().list()).containsExactly("own");
        assertThat(workspace.resolve("own/deep").toFile().list()).containsExactly("file");
    }

    @Test
    void removesALinkInThePlaceOfTheDirectory() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), secret.getParent());

        PlainFiles.removeLinks(link);

        assertThat(Files.exists(link, java.nio.file.LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(secret).hasContent("secret");
    }
}
