package io.nsfl.coordinator.checkpoint;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** Journal files in a directory, which is made when the first one is written. */
public final class DirectoryRecords implements RecordFiles {
    private final Path directory;

    public DirectoryRecords(Path directory) {
        this.directory = directory;
    }

    @Override
    public List<String> list() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException failed) {
            throw unavailable("list", failed);
        }
    }

    @Override
    public byte[] read(String name, int limit) {
        try (InputStream in = Files.newInputStream(directory.resolve(name))) {
            return in.readNBytes(limit);
        } catch (IOException failed) {
            throw unavailable("read " + name + " in", failed);
        }
    }

    @Override
    public void write(String name, byte[] content) {
        try (FileChannel channel = create(name)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        } catch (IOException failed) {
            throw unavailable("write " + name + " to", failed);
        }
    }

    @Override
    public void store(String name, Path source) {
        try (FileChannel from = FileChannel.open(source);
                FileChannel to = create(name)) {
            long size = from.size();
            long copied = 0;
            while (copied < size) {
                copied += from.transferTo(copied, size - copied, to);
            }
            to.force(true);
        } catch (IOException failed) {
            throw unavailable("write " + name + " to", failed);
        }
    }

    @Override
    public void fetch(String name, Path target) {
        try {
            Files.copy(directory.resolve(name), target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw unavailable("read " + name + " in", failed);
        }
    }

    @Override
    public void delete(String name) {
        try {
            Files.deleteIfExists(directory.resolve(name));
        } catch (IOException failed) {
            throw unavailable("delete " + name + " in", failed);
        }
    }

    private FileChannel create(String name) throws IOException {
        Files.createDirectories(directory);
        return FileChannel.open(
                directory.resolve(name),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
    }

    private FaultException unavailable(String verb, IOException cause) {
        return new FaultException(
                Fault.STORAGE_UNAVAILABLE,
                "Cannot " + verb + " the journal " + directory + ": " + cause.getMessage() + ".",
                cause);
    }
}
