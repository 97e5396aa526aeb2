package io.nsfl.storage.blob.posix;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.IdSource;
import io.nsfl.storage.blob.Blob;
import io.nsfl.storage.blob.BlobStore;
import io.nsfl.storage.blob.StoredBlob;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Files below one directory, which has to exist. A put is written beside its target, synced, and renamed over it; what a crash leaves
 * of it begins with {@value #UNFINISHED} and is not listed. Symbolic links are not followed out of the directory and not listed.
 */
public final class PosixBlobStore implements BlobStore {
    private static final String UNFINISHED = ".nsfl-put-";

    private final Path root;
    private final ConfinedPath confined;
    private final IdSource ids;

    public PosixBlobStore(Path root, IdSource ids) {
        this.root = root.toAbsolutePath().normalize();
        this.confined = new ConfinedPath(this.root);
        this.ids = ids;
    }

    @Override
    public StoredBlob put(String path, InputStream content) {
        return answering(path, () -> {
            Path target = confined.of(path);
            Files.createDirectories(target.getParent());
            Path unfinished = target.resolveSibling(UNFINISHED + ids.next());
            try {
                String sha256 = write(content, unfinished);
                Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                return new StoredBlob(blob(target), sha256);
            } finally {
                Files.deleteIfExists(unfinished);
            }
        });
    }

    @Override
    public Optional<Blob> stat(String path) {
        return answering(path, () -> {
            Path file = confined.of(path);
            return Files.isRegularFile(file) ? Optional.of(blob(file)) : Optional.empty();
        });
    }

    @Override
    public InputStream open(String path) {
        return answering(path, () -> Files.newInputStream(existing(path)));
    }

    @Override
    public String sha256(String path) {
        return answering(path, () -> {
            try (InputStream content = Files.newInputStream(existing(path))) {
                return copy(content, OutputStream.nullOutputStream());
            }
        });
    }

    @Override
    public List<Blob> list(String directory) {
        return answering(directory, () -> {
            List<Blob> found = new ArrayList<>();
            Path start = directory.isEmpty() ? root : confined.of(directory);
            if (Files.isDirectory(start)) {
                Files.walkFileTree(start, new Collect(found));
            }
            found.sort(Comparator.comparing(Blob::path));
            return found;
        });
    }

    @Override
    public boolean delete(String path) {
        return answering(path, () -> {
            Path file = confined.of(path);
            return Files.isRegularFile(file) && Files.deleteIfExists(file);
        });
    }

    @Override
    public long deleteTree(String path) {
        return answering(path, () -> {
            Path start = confined.of(path);
            if (!Files.exists(start)) {
                return 0L;
            }
            Remove remove = new Remove();
            Files.walkFileTree(start, remove);
            return remove.files;
        });
    }

    private Path existing(String path) throws IOException {
        Path file = confined.of(path);
        if (!Files.isRegularFile(file)) {
            throw absent(path);
        }
        return file;
    }

    private static String write(InputStream content, Path file) throws IOException {
        String sha256;
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            sha256 = copy(content, out);
        }
        try (FileChannel written = FileChannel.open(file, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        return sha256;
    }

    private static String copy(InputStream content, OutputStream out) throws IOException {
        MessageDigest digest = sha256();
        // Not closed here: the stream belongs to the caller.
        new DigestInputStream(content, digest).transferTo(out);
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("Every JDK has SHA-256", absent);
        }
    }

    private Blob blob(Path file) throws IOException {
        return blob(file, Files.readAttributes(file, BasicFileAttributes.class));
    }

    private Blob blob(Path file, BasicFileAttributes attributes) {
        String path =
                root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
        return new Blob(path, attributes.size(), attributes.lastModifiedTime().toInstant());
    }

    private <T> T answering(String path, Step<T> step) {
        try {
            return step.run();
        } catch (NoSuchFileException gone) {
            throw absent(path);
        } catch (IOException failure) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE,
                    "The storage cannot serve \"%s\" below %s: %s".formatted(path, root, failure),
                    failure);
        }
    }

    private static FaultException absent(String path) {
        return new FaultException(Fault.ARTIFACT_UNKNOWN, "There is no file \"%s\" in the store.".formatted(path));
    }

    @FunctionalInterface
    private interface Step<T> {
        T run() throws IOException;
    }

    private final class Collect extends SimpleFileVisitor<Path> {
        private final List<Blob> found;

        Collect(List<Blob> found) {
            this.found = found;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && !file.getFileName().toString().startsWith(UNFINISHED)) {
                found.add(blob(file, attributes));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            return goneMeanwhile(failure);
        }
    }

    private static final class Remove extends SimpleFileVisitor<Path> {
        private long files;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            files++;
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            return goneMeanwhile(failure);
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }

    private static FileVisitResult goneMeanwhile(IOException failure) throws IOException {
        if (failure instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw failure;
    }
}
