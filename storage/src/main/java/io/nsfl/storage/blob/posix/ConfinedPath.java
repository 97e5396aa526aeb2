package io.nsfl.storage.blob.posix;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
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
    Path of(String path) throws IOException {
        for (String name : path.split("/", -1)) {
            if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('\0') >= 0) {
                throw outside(path);
            }
        }
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

    private Path parsed(String path) {
        try {
            return root.resolve(path);
        } catch (InvalidPathException invalid) {
            throw outside(path);
        }
    }

    private static FaultException outside(String path) {
        return new FaultException(
                Fault.REQUEST_INVALID,
                "The path \"%s\" is not a path below the store: use names separated by \"/\", without \".\" and \"..\"."
                        .formatted(path.replace("\0", "\\0")));
    }
}
