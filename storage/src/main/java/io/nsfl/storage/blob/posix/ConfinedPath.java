package io.nsfl.storage.blob.posix;

import io.nsfl.storage.blob.BlobFaults;
import io.nsfl.storage.blob.BlobPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Turns a path of the port into one of the file system that is certainly below the root. */
final class ConfinedPath {
    private final Path root;

    ConfinedPath(Path root) {
        this.root = root;
    }

    /** The file for this path; its existing part leads nowhere else, symbolic links followed. */
    Path of(BlobPath path) throws IOException {
        Path file = parsed(path);
        Path existing = file;
        while (!Files.exists(existing)) {
            if (Files.isSymbolicLink(existing)) {
                throw outside(path);
            }
            existing = existing.getParent();
        }
        if (!existing.toRealPath().startsWith(root.toRealPath())) {
            throw outside(path);
        }
        return file;
    }

    /** As {@link #of}, in a bucket that has to be there. */
    Path inBucket(BlobPath path) throws IOException {
        Path file = of(path);
        Path bucket = root.resolve(path.bucket());
        if (!Files.isDirectory(bucket)) {
            throw BlobFaults.noBucket(path.bucket(), "mkdir '" + bucket + "'");
        }
        return file;
    }

    private Path parsed(BlobPath path) {
        try {
            return root.resolve(path.toString());
        } catch (InvalidPathException invalid) {
            throw BlobPath.refused(path.toString(), invalid.getReason());
        }
    }

    private static RuntimeException outside(BlobPath path) {
        return BlobPath.refused(path.toString(), "a link in it leads out of the store");
    }
}
