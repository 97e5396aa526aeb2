package io.nsfl.protocol.transfer;

/**
 * Takes the frames of one transfer in order, checks header, offset, size and CRC32C of each, writes them to a {@link FileSink} and gives
 * their buffers back. No gRPC in it: the caller's observer passes each frame in and then asks its stream for the next ({@code request(1)}).
 * One thread at a time.
 */
public final class FrameReceiver implements AutoCloseable {
    /** Opens the place for the bytes that a header announces; throws a FaultException to refuse them. */
    @FunctionalInterface
    public interface HeaderReader {
        /** @return where the data goes, positioned where the first data frame must begin */
        FileSink open(byte[] header);
    }

    public FrameReceiver(HeaderReader header) {}

    /**
     * The next frame; its buffer is given back in any case.
     *
     * @throws io.nsfl.protocol.fault.FaultException TRANSFER_CORRUPT for a wrong checksum, order or a missing or repeated header;
     *     REQUEST_TOO_LARGE beyond the announced size; STORAGE_FULL if the disk does not take it; what the header reader throws.
     *     What came before stays in the file, so that the transfer can go on from there.
     */
    public void accept(Frame frame) {
        throw new UnsupportedOperationException();
    }

    /**
     * The stream ended.
     *
     * @return the filled sink, still open
     * @throws io.nsfl.protocol.fault.FaultException TRANSFER_CORRUPT if bytes or the header are missing
     */
    public FileSink complete() {
        throw new UnsupportedOperationException();
    }

    /** Bytes held now; 0 before the header. */
    public long position() {
        throw new UnsupportedOperationException();
    }

    /** Closes the sink, if one was opened; keeps the file. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
