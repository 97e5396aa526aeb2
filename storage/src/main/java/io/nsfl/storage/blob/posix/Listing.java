package io.nsfl.storage.blob.posix;

import io.nsfl.storage.blob.BlobPath;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.BiConsumer;

/** Tells of the files in buckets, without the store's own. */
final class Listing extends SimpleFileVisitor<Path> {
    private final Path root;
    private final BiConsumer<Path, BasicFileAttributes> found;

    Listing(Path root, BiConsumer<Path, BasicFileAttributes> found) {
        this.root = root;
        this.found = found;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
        return isReserved(directory) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        boolean inBucket = !file.getParent().equals(root);
        if (attributes.isRegularFile() && inBucket && !isReserved(file)) {
            found.accept(file, attributes);
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
        if (failure instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw failure;
    }

    private static boolean isReserved(Path path) {
        return path.getFileName().toString().startsWith(BlobPath.RESERVED);
    }
}
