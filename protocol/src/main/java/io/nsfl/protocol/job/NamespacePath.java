package io.nsfl.protocol.job;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Paths that users give, which mean a place below their namespace's directory whether they begin with a slash or not. */
public final class NamespacePath {
    private static final int MAX_LENGTH = 1024;

    private NamespacePath() {}

    /** Why this is no such path, if it is none. */
    public static Optional<String> refused(String path) {
        if (path.length() > MAX_LENGTH) {
            return Optional.of("must have at most " + MAX_LENGTH + " characters");
        }
        if (path.chars().anyMatch(Character::isISOControl) || path.indexOf('\\') >= 0) {
            return Optional.of("must not hold control characters or backslashes");
        }
        for (String step : path.split("/")) {
            if (step.equals("..")) {
                return Optional.of("must stay below the namespace: .. is not allowed");
            }
        }
        try {
            Path.of(path);
            return Optional.empty();
        } catch (InvalidPathException unspeakable) {
            return Optional.of("holds characters that file names cannot have here");
        }
    }

    /** The path without slashes around it, as it stands below the namespace: {@code /output/} is {@code output}. */
    public static String relative(String path) {
        return Path.of("/", path).normalize().toString().substring(1);
    }

    /**
     * Where the path is below the namespace's directory.
     *
     * @throws FaultException REQUEST_INVALID if it leads out of there, also by a symbolic link
     */
    public static Path resolve(Path namespaceRoot, String path) {
        Optional<String> refused = refused(path);
        if (refused.isPresent()) {
            throw new FaultException(Fault.REQUEST_INVALID, "The path " + path + " " + refused.get() + ".");
        }
        Path resolved = namespaceRoot.resolve(relative(path)).normalize();
        try {
            Path existing = resolved;
            while (existing != null && !Files.exists(existing)) {
                existing = existing.getParent();
            }
            boolean rootExists = Files.exists(namespaceRoot);
            if (existing != null
                    && rootExists
                    && existing.startsWith(namespaceRoot)
                    && !existing.toRealPath().startsWith(namespaceRoot.toRealPath())) {
                throw new FaultException(
                        Fault.REQUEST_INVALID, "The path " + path + " leads out of its namespace by a symbolic link.");
            }
        } catch (IOException unreadable) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE,
                    "The path " + path + " cannot be looked up (" + unreadable + ").",
                    unreadable);
        }
        return resolved;
    }
}
