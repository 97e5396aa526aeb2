package io.nsfl.coordinator;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory on local disk for what nobody needs after this process. */
record Scratch(Path directory) implements AutoCloseable {
    static Scratch create() {
        try {
            Path directory = Files.createTempDirectory("nsfl-coordinator-");
            Files.createDirectory(directory.resolve("stage"));
            return new Scratch(directory);
        } catch (IOException failed) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE,
                    "No directory for temporary files can be made: " + failed.getMessage() + ".",
                    failed);
        }
    }

    @Override
    public void close() throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(directory)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
