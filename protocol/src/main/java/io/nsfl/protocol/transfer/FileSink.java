package io.nsfl.protocol.transfer;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A file that is filled from an offset to its full size, with the SHA-256 of the whole kept on the way. One thread at a time. */
public final class FileSink implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final long size;
    private final MessageDigest digest;
    private long position;

    private FileSink(Path file, FileChannel channel, long size) {
        this.file = file;
        this.channel = channel;
        this.size = size;
        this.digest = newSha256();
    }

    /**
     * Opens (or creates) the file to go on at {@code offset}; bytes beyond it are cut off and bytes before it are read once for the digest.
     *
     * @param size bytes of the whole; never is more written
     * @throws IOException if the file holds fewer than {@code offset} bytes, or cannot be opened
     */
    public static FileSink open(Path file, long offset, long size) throws IOException {
        if (offset < 0 || offset > size) {
            throw new IOException("A file of " + size + " bytes cannot be filled from byte " + offset + " on");
        }
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileSink sink = new FileSink(file, channel, size);
            sink.goTo(offset);
            return sink;
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
    }

    private void goTo(long offset) throws IOException {
        if (channel.size() < offset) {
            throw new IOException(
                    "File " + file + " holds " + channel.size() + " bytes, not the " + offset + " to go on from");
        }
        channel.truncate(offset);
        ByteBuffer held = ByteBuffer.allocate((int) Math.min(Frame.MAX_DATA, offset));
        while (position < offset) {
            held.clear().limit((int) Math.min(held.capacity(), offset - position));
            int read = channel.read(held, position);
            if (read < 0) {
                throw new IOException("File " + file + " became shorter while it was read");
            }
            digest.update(held.flip());
            position += read;
        }
    }

    /** Where it is. */
    public Path file() {
        return file;
    }

    /** Bytes held. */
    public long position() {
        return position;
    }

    /** Bytes of the whole. */
    public long size() {
        return size;
    }

    public boolean full() {
        return position == size;
    }

    /** Appends all remaining bytes. @throws FaultException REQUEST_TOO_LARGE beyond the size; then none of them is written */
    public void append(ByteBuffer data) throws IOException {
        if (data.remaining() > size - position) {
            throw new FaultException(
                    Fault.REQUEST_TOO_LARGE,
                    "A transfer that was announced with " + size + " bytes goes on beyond them.");
        }
        ByteBuffer written = data.duplicate();
        while (written.hasRemaining()) {
            channel.write(written, position + (written.position() - data.position()));
        }
        position += data.remaining();
        digest.update(data);
    }

    /** SHA-256 of what the file holds now, from its first byte on. */
    public byte[] sha256() {
        try {
            return ((MessageDigest) digest.clone()).digest();
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException("This JDK's SHA-256 cannot be copied", impossible);
        }
    }

    /** Forces the bytes to the device. */
    public void force() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("This JDK lacks SHA-256", missing);
        }
    }
}
