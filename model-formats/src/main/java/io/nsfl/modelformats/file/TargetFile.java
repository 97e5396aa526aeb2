package io.nsfl.modelformats.file;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file in the making: written under a temporary name beside its target, moved there by {@link #commit}. Closed without a commit
 * it leaves nothing behind. Not safe for use by several threads.
 */
public final class TargetFile implements AutoCloseable {
    private static final long SLICE = 16L << 20;

    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private boolean committed;

    private TargetFile(Path target, Path temporary, FileChannel channel) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
    }

    /** @throws FaultException STORAGE_UNAVAILABLE when the directory of the target cannot be written */
    public static TargetFile create(Path target) {
        Path absolute = target.toAbsolutePath();
        try {
            Files.createDirectories(absolute.getParent());
            Path temporary = Files.createTempFile(absolute.getParent(), "." + absolute.getFileName(), ".part");
            FileChannel channel = FileChannel.open(temporary, StandardOpenOption.READ, StandardOpenOption.WRITE);
            return new TargetFile(absolute, temporary, channel);
        } catch (IOException failed) {
            throw unwritable(absolute, failed);
        }
    }

    /** The open temporary file, for reading and writing. */
    public FileChannel channel() {
        return channel;
    }

    /** Appends at the channel's position. */
    public void append(MemorySegment bytes) {
        try {
            for (long at = 0; at < bytes.byteSize(); at += SLICE) {
                writeFully(bytes.asSlice(at, Math.min(SLICE, bytes.byteSize() - at))
                        .asByteBuffer());
            }
        } catch (IOException failed) {
            throw unwritable(target, failed);
        }
    }

    /** Writes at a place without moving the channel's position. */
    public void put(long offset, MemorySegment bytes) {
        try {
            long before = channel.position();
            channel.position(offset);
            append(bytes);
            channel.position(before);
        } catch (IOException failed) {
            throw unwritable(target, failed);
        }
    }

    /** Forces the bytes to the disk and moves the file to its target. */
    public void commit() {
        try {
            channel.force(true);
            channel.close();
            moveIntoPlace();
            committed = true;
        } catch (IOException failed) {
            throw unwritable(target, failed);
        }
    }

    @Override
    public void close() {
        if (committed) {
            return;
        }
        try {
            channel.close();
            Files.deleteIfExists(temporary);
        } catch (IOException failed) {
            throw unwritable(target, failed);
        }
    }

    private void moveIntoPlace() throws IOException {
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException unsupported) {
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void writeFully(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** The fault for a target that cannot be written. */
    public static FaultException unwritable(Path target, IOException cause) {
        return new FaultException(
                Fault.STORAGE_UNAVAILABLE,
                "Cannot write " + target + ": " + cause.getMessage() + "; check the directory and its free space.",
                cause);
    }
}
