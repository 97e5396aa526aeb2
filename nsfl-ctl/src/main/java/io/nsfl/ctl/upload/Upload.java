package io.nsfl.ctl.upload;

import io.nsfl.ctl.output.ProgressLine;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Files to the object store, with a progress line each. */
public final class Upload {
    private final DataServer server;
    private final ProgressLine.Screen screen;

    public Upload(DataServer server, ProgressLine.Screen screen) {
        this.server = server;
        this.screen = screen;
    }

    /** A file, or a directory and all below it, to {@code key} in the bucket. Editors' and caches' leftovers stay behind. */
    public void send(Path source, String bucket, String key) {
        screen.line("start upload " + source + " to " + key);
        if (Files.isRegularFile(source)) {
            sendFile(source, bucket, key);
            return;
        }
        for (Path file : files(source)) {
            String below = source.relativize(file).toString().replace('\\', '/');
            sendFile(file, bucket, key.isEmpty() ? below : key + "/" + below);
        }
    }

    private void sendFile(Path file, String bucket, String key) {
        ProgressLine progress = screen.file(file.getFileName().toString(), size(file));
        server.put(bucket, key, file, progress);
        progress.done();
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> found = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            return found.filter(Files::isRegularFile)
                    .filter(file -> !directory.relativize(file).toString().contains("__pycache__"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new FaultException(Fault.CONFIGURATION_INVALID, directory + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new FaultException(Fault.CONFIGURATION_INVALID, file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
