package io.nsfl.taskmanager.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptsArchiveTest {
    @TempDir
    Path directory;

    private Path zip(String name, byte[] content) throws IOException {
        Path file = directory.resolve("scripts.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
        }
        return file;
    }

    private Path target() {
        return directory.resolve("target");
    }

    @Test
    void unpacksFilesAndDirectories() throws IOException {
        ScriptsArchive.extract(zip("lib/model.py", "x = 1".getBytes()), target(), 100);

        assertThat(target().resolve("lib/model.py")).hasContent("x = 1");
    }

    @Test
    void refusesEntriesOutsideItsDirectory() throws IOException {
        Path zip = zip("../outside.py", new byte[1]);

        assertThatThrownBy(() -> ScriptsArchive.extract(zip, target(), 100))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("outside");
        assertThat(directory.resolve("outside.py")).doesNotExist();
    }

    @Test
    void refusesWhatUnpacksToMoreThanTheBound() throws IOException {
        Path bomb = zip("zeros", new byte[1 << 20]);

        assertThatThrownBy(() -> ScriptsArchive.extract(bomb, target(), 1000))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("more than");
    }
}
