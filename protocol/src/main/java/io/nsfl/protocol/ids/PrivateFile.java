package io.nsfl.protocol.ids;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** Small files that only their owner may read (mode 600). */
public final class PrivateFile {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private PrivateFile() {}

    /** The content, or empty if there is no such file. @throws IOException also if it is larger than the limit */
    public static Optional<byte[]> read(Path file, int limit) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(limit + 1);
            if (content.length > limit) {
                throw new IOException("larger than " + limit + " bytes");
            }
            return Optional.of(content);
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    /**
     * Makes the file with this content if it is not there yet, and its directories; never half of it. Whoever comes second changes
     * nothing.
     *
     * @return whether this call made it
     */
    public static boolean create(Path file, byte[] content) throws IOException {
        Path absolute = file.toAbsolutePath();
        Files.createDirectories(absolute.getParent());
        // A file in the making has a name of its own, so that a reader or a crash never sees half a secret under the
        // real one.
        Path made = Files.createTempFile(
                absolute.getParent(),
                "." + absolute.getFileName() + ".",
                ".new",
                PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try {
            try (FileChannel out = FileChannel.open(made, StandardOpenOption.WRITE)) {
                ByteBuffer rest = ByteBuffer.wrap(content);
                while (rest.hasRemaining()) {
                    out.write(rest);
                }
                out.force(true);
            }
            publish(made, absolute);
            return true;
        } catch (FileAlreadyExistsException second) {
            return false;
        } finally {
            Files.deleteIfExists(made);
        }
    }

    /** A link cannot replace a file that came first; a file system without links is taken at its word. */
    private static void publish(Path made, Path file) throws IOException {
        try {
            Files.createLink(file, made);
        } catch (FileAlreadyExistsException second) {
            throw second;
        } catch (FileSystemException | UnsupportedOperationException noLinks) {
            Files.move(made, file);
        }
    }
}
