package io.nsfl.taskmanager.privacy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The content of a dataset in one digest: SHA-256 over the names, lengths and bytes of its files. Read again only when a name, a length or a
 * time of change differs. Safe for all threads.
 */
final class DatasetDigest {
    private final Map<Path, Known> known = new HashMap<>();

    private record Known(String looks, String digest) {}

    /** Lower case hex. @param path a file or a directory @throws FaultException STORAGE_UNAVAILABLE if it cannot be read */
    synchronized String of(Path path) {
        try {
            List<Path> files = files(path);
            String looks = looks(path, files);
            Known before = known.get(path);
            if (before == null || !before.looks().equals(looks)) {
                before = new Known(looks, content(path, files));
                known.put(path, before);
            }
            return before.digest();
        } catch (IOException | UncheckedIOException e) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE, "The dataset " + path + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** Also those that links lead to: a script reads them as well. */
    private static List<Path> files(Path path) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(path, Set.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof FileSystemLoopException) {
                    // What it leads to is being looked at.
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
        Collections.sort(files);
        return files;
    }

    private static String looks(Path root, List<Path> files) throws IOException {
        StringBuilder looks = new StringBuilder();
        for (Path file : files) {
            looks.append(root.relativize(file))
                    .append('|')
                    .append(Files.size(file))
                    .append('|')
                    .append(Files.getLastModifiedTime(file))
                    .append('\n');
        }
        return looks.toString();
    }

    private static String content(Path root, List<Path> files) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 20];
            for (Path file : files) {
                digest.update((root.relativize(file) + "|" + Files.size(file) + "\n").getBytes(StandardCharsets.UTF_8));
                try (InputStream in = Files.newInputStream(file)) {
                    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                        digest.update(buffer, 0, read);
                    }
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java runtime has SHA-256", impossible);
        }
    }
}
