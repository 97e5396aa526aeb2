package io.nsfl.protocol.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A file that is filled from an offset to its full size, with the SHA-256 of the whole kept on the way. One thread at a time. */
public final class FileSink implements AutoCloseable {
    private FileSink() {}

    /**
     * Opens (or creates) the file to go on at {@code offset}; bytes beyond it are cut off and bytes before it are read once for the digest.
     *
     * @param size bytes of the whole; never is more written
     * @throws IOException if the file holds fewer than {@code offset} bytes, or cannot be opened
     */
    public static FileSink open(Path file, long offset, long size) throws IOException {
        throw new UnsupportedOperationException();
    }

    public long position() {
        throw new UnsupportedOperationException();
    }

    public long size() {
        throw new UnsupportedOperationException();
    }

    public boolean full() {
        throw new UnsupportedOperationException();
    }

    /** Appends all remaining bytes. @throws io.nsfl.protocol.fault.FaultException REQUEST_TOO_LARGE beyond the size */
    public void append(ByteBuffer data) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** SHA-256 of what the file holds now, from its first byte on. */
    public byte[] sha256() {
        throw new UnsupportedOperationException();
    }

    /** Forces the bytes to the device. */
    public void force() throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() throws IOException {
        throw new UnsupportedOperationException();
    }
}
