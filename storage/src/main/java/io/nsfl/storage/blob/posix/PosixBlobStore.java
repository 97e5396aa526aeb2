package io.nsfl.storage.blob.posix;

import static io.nsfl.storage.blob.BlobPath.RESERVED;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.IdSource;
import io.nsfl.storage.blob.Blob;
import io.nsfl.storage.blob.BlobFaults;
import io.nsfl.storage.blob.BlobPath;
import io.nsfl.storage.blob.BlobStore;
import io.nsfl.storage.blob.Content;
import io.nsfl.storage.blob.StoredBlob;
import io.nsfl.storage.blob.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Files below one directory, which has to exist; each bucket is a directory in it. A put is written beside its target, synced, and
 * renamed over it; what a crash leaves of it is not listed. Symbolic links are not followed out of the directory and not listed.
 */
public final class PosixBlobStore implements BlobStore {
    private static final String UNFINISHED = RESERVED + "put-";

    private final Path root;
    private final ConfinedPath confined;
    private final PartFiles parts;
    private final IdSource ids;

    /** @param ids name what is being written */
    public PosixBlobStore(Path root, IdSource ids) {
        this.root = root.toAbsolutePath().normalize();
        this.confined = new ConfinedPath(this.root);
        this.parts = new PartFiles(this.root, confined);
        this.ids = ids;
    }

    @Override
    public boolean hasBucket(String bucket) {
        return Files.isDirectory(root.resolve(BlobPath.bucket(bucket)));
    }

    @Override
    public void makeBucket(String bucket) {
        answering(bucket, () -> Files.createDirectories(confined.of(BlobPath.ofDirectory(BlobPath.bucket(bucket)))));
    }

    @Override
    public StoredBlob put(String path, InputStream given) {
        BlobPath checked = BlobPath.of(path);
        Content content = new Content(given, Long.MAX_VALUE);
        return answering(path, () -> {
            Path target = confined.inBucket(checked);
            replace(target, unfinished -> write(checked, content, unfinished));
            return new StoredBlob(blob(target), content.digest());
        });
    }

    @Override
    public Optional<Blob> stat(String path) {
        BlobPath checked = BlobPath.of(path);
        return answering(path, () -> {
            Path file = confined.of(checked);
            return Files.isRegularFile(file) ? Optional.of(blob(file)) : Optional.empty();
        });
    }

    @Override
    public InputStream open(String path, long offset, long length) {
        BlobPath checked = BlobPath.of(path);
        return answering(path, () -> {
            FileChannel file = FileChannel.open(existing(checked), StandardOpenOption.READ);
            if (offset < 0 || offset > file.size()) {
                file.close();
                throw BlobFaults.beyondTheEnd(checked, offset);
            }
            InputStream rest = Channels.newInputStream(file.position(offset));
            return length >= file.size() - offset ? rest : new Limited(rest, length);
        });
    }

    @Override
    public String sha256(String path) {
        BlobPath checked = BlobPath.of(path);
        return answering(path, () -> sha256(existing(checked)));
    }

    @Override
    public List<Blob> list(String directory) {
        return answering(directory, () -> {
            List<Blob> found = new ArrayList<>();
            Path start = directory.isEmpty() ? root : confined.of(BlobPath.ofDirectory(directory));
            if (Files.isDirectory(start)) {
                Files.walkFileTree(start, new Listing(root, (file, attributes) -> found.add(blob(file, attributes))));
            }
            found.sort(Comparator.comparing(Blob::path));
            return found;
        });
    }

    @Override
    public Blob copy(String from, String to) {
        BlobPath source = BlobPath.of(from);
        BlobPath target = BlobPath.of(to);
        return answering(from, () -> {
            Path original = existing(source);
            Path copy = confined.inBucket(target);
            replace(copy, unfinished -> {
                Files.copy(original, unfinished);
                sync(unfinished);
            });
            return blob(copy);
        });
    }

    @Override
    public boolean delete(String path) {
        BlobPath checked = BlobPath.of(path);
        return answering(path, () -> {
            Path file = confined.of(checked);
            return Files.isRegularFile(file) && Files.deleteIfExists(file);
        });
    }

    @Override
    public long deleteTree(String path) {
        BlobPath checked = BlobPath.of(path);
        return answering(path, () -> {
            Path start = confined.of(checked);
            if (!Files.exists(start)) {
                return 0L;
            }
            Removal removal = new Removal();
            Files.walkFileTree(start, removal);
            return removal.files();
        });
    }

    @Override
    public long held(String path) {
        BlobPath checked = BlobPath.of(path);
        return answering(path, () -> parts.held(checked));
    }

    @Override
    public long append(String path, long offset, InputStream given, long length) {
        BlobPath checked = BlobPath.of(path);
        return answering(path, () -> {
            confined.inBucket(checked);
            return parts.append(checked, offset, new Content(given, length));
        });
    }

    @Override
    public StoredBlob complete(String path) {
        return answering(path, () -> complete(BlobPath.of(path), Optional.empty()));
    }

    @Override
    public StoredBlob complete(String path, String sha256) {
        return answering(path, () -> complete(BlobPath.of(path), Optional.of(sha256)));
    }

    private StoredBlob complete(BlobPath path, Optional<String> expected) throws IOException {
        Path target = confined.inBucket(path);
        Path part = parts.file(path);
        if (!Files.isRegularFile(part)) {
            return completedBefore(path, target, expected);
        }
        String found = sha256(part);
        if (expected.isPresent() && !expected.get().equalsIgnoreCase(found)) {
            Files.deleteIfExists(part);
            throw BlobFaults.corrupt(path, expected.get(), found);
        }
        sync(part);
        Files.createDirectories(target.getParent());
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return new StoredBlob(blob(target), found);
    }

    private StoredBlob completedBefore(BlobPath path, Path target, Optional<String> expected) throws IOException {
        if (expected.isPresent() && Files.isRegularFile(target)) {
            String stored = sha256(target);
            if (stored.equalsIgnoreCase(expected.get())) {
                return new StoredBlob(blob(target), stored);
            }
        }
        throw BlobFaults.noUpload(path);
    }

    @Override
    public boolean discard(String path) {
        BlobPath checked = BlobPath.of(path);
        return answering(path, () -> Files.deleteIfExists(parts.file(checked)));
    }

    @Override
    public List<Upload> uploads(String bucket) {
        return answering(bucket, () -> parts.all(BlobPath.bucket(bucket)));
    }

    @Override
    public void close() {
        // Nothing is held open.
    }

    private Path existing(BlobPath path) throws IOException {
        Path file = confined.of(path);
        if (!Files.isRegularFile(file)) {
            throw BlobFaults.absent(path);
        }
        return file;
    }

    private void replace(Path target, Writing writing) throws IOException {
        Files.createDirectories(target.getParent());
        Path unfinished = target.resolveSibling(UNFINISHED + ids.next());
        try {
            writing.to(unfinished);
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static void write(BlobPath path, Content content, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            content.transferTo(out);
        } catch (IOException failure) {
            if (content.isBroken()) {
                throw BlobFaults.brokenOff(path, content);
            }
            throw failure;
        }
        sync(file);
    }

    private static void sync(Path file) throws IOException {
        try (FileChannel written = FileChannel.open(file, StandardOpenOption.WRITE)) {
            written.force(true);
        }
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Content content = new Content(in, Long.MAX_VALUE);
            content.transferTo(OutputStream.nullOutputStream());
            return content.digest();
        }
    }

    private Blob blob(Path file) throws IOException {
        return blob(file, Files.readAttributes(file, BasicFileAttributes.class));
    }

    private Blob blob(Path file, BasicFileAttributes attributes) {
        return new Blob(
                PartFiles.path(root.relativize(file)),
                attributes.size(),
                attributes.lastModifiedTime().toInstant());
    }

    private <T> T answering(String path, Step<T> step) {
        try {
            return step.run();
        } catch (NoSuchFileException gone) {
            throw BlobFaults.absent(BlobPath.ofDirectory(path));
        } catch (FileSystemException failure) {
            throw unavailable(path, failure, failure.getReason() == null ? failure.toString() : failure.getReason());
        } catch (IOException failure) {
            throw unavailable(path, failure, String.valueOf(failure.getMessage()));
        }
    }

    private FaultException unavailable(String path, IOException failure, String reason) {
        return new FaultException(
                Fault.STORAGE_UNAVAILABLE,
                "The storage cannot serve \"%s\" below %s: %s.".formatted(path, root, reason),
                failure);
    }

    @FunctionalInterface
    private interface Step<T> {
        T run() throws IOException;
    }

    @FunctionalInterface
    private interface Writing {
        void to(Path unfinished) throws IOException;
    }
}
