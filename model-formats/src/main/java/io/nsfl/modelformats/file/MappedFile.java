package io.nsfl.modelformats.file;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;

/**
 * A file mapped for reading, and the memory that lives as long as it is open. Any thread may read, unless it was opened for one
 * thread.
 */
public final class MappedFile implements AutoCloseable {
    private final Path path;
    private final Arena arena;
    private final MemorySegment bytes;

    private MappedFile(Path path, Arena arena, MemorySegment bytes) {
        this.path = path;
        this.arena = arena;
        this.bytes = bytes;
    }

    /** @throws FaultException MODEL_NOT_FOUND, or MODEL_UNREADABLE when the file is larger than {@code maxBytes} or not a file */
    public static MappedFile open(Path path, long maxBytes) {
        return open(path, 0, -1, maxBytes);
    }

    /** @param length bytes to map from {@code offset} on; -1 = to the end of the file */
    public static MappedFile open(Path path, long offset, long length, long maxBytes) {
        return open(path, offset, length, maxBytes, Arena::ofShared);
    }

    /**
     * Only the calling thread may read, and close. Closing a file that all threads may read stops every thread of the process for a
     * moment, which adds up where files are opened for a look and closed again.
     */
    public static MappedFile openForThisThread(Path path, long maxBytes) {
        return open(path, 0, -1, maxBytes, Arena::ofConfined);
    }

    private static MappedFile open(Path path, long offset, long length, long maxBytes, Supplier<Arena> arenas) {
        if (Files.isDirectory(path)) {
            throw new FaultException(Fault.MODEL_UNREADABLE, path + " is a directory; name the model file in it.");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            long wanted = length < 0 ? size - offset : length;
            if (offset < 0 || wanted < 0 || offset > size - wanted) {
                throw new FaultException(
                        Fault.MODEL_UNREADABLE,
                        path + " has " + size + " bytes and none at " + offset + ".." + (offset + wanted) + ".");
            }
            if (wanted > maxBytes) {
                throw new FaultException(
                        Fault.MODEL_UNREADABLE,
                        path + " has " + wanted + " bytes, more than the allowed " + maxBytes + ".");
            }
            Arena arena = arenas.get();
            MemorySegment bytes =
                    wanted == 0 ? MemorySegment.NULL : channel.map(MapMode.READ_ONLY, offset, wanted, arena);
            return new MappedFile(path, arena, bytes);
        } catch (NoSuchFileException absent) {
            throw new FaultException(Fault.MODEL_NOT_FOUND, "There is no model file " + path + ".", absent);
        } catch (IOException failed) {
            throw new FaultException(
                    Fault.MODEL_UNREADABLE, "Cannot read " + path + ": " + failed.getMessage() + ".", failed);
        }
    }

    public Path path() {
        return path;
    }

    public long size() {
        return bytes.byteSize();
    }

    public MemorySegment bytes() {
        return bytes;
    }

    /** Memory outside the heap that lives as long as this file is open. */
    public MemorySegment allocate(long size, long alignment) {
        return arena.allocate(size, alignment);
    }

    /** Gives the memory back; closing again does nothing. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
