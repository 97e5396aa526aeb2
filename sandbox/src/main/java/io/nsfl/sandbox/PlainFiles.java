package io.nsfl.sandbox;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Files where a script may have been. It cannot open what is hidden from it, but can lay a link to it, and whoever is not in a sandbox would
 * read on its behalf: so nothing is read through a link.
 */
public final class PlainFiles {
    private PlainFiles() {}

    /** A plain file of this name, below directories that are plain too. @param name relative to the root */
    public static Optional<Path> find(Path root, Path name) {
        Path at = root;
        for (Path part : name) {
            at = at.resolve(part);
            if (Files.isSymbolicLink(at)) {
                return Optional.empty();
            }
        }
        return Optional.of(at).filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS));
    }

    public static Optional<Path> find(Path root, String name) {
        return find(root, Path.of(name));
    }

    /** Removes all links from a directory, however deep they lie. */
    public static void removeLinks(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(directory);
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isSymbolicLink()) {
                    Files.delete(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
