package io.nsfl.taskmanager.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The jars for Java scripts in one directory, whatever the installation's layout. @param present whether there are any */
public record JavaSdk(Path directory, boolean present) {
    /** Lays links to the jars into the directory, in place of what it held. */
    public static JavaSdk lay(Path directory, List<Path> jars) throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> old = Files.list(directory)) {
            for (Path link : old.toList()) {
                Files.delete(link);
            }
        }
        for (Path jar : jars) {
            Files.createSymbolicLink(directory.resolve(jar.getFileName()), jar.toAbsolutePath());
        }
        return new JavaSdk(directory, !jars.isEmpty());
    }
}
