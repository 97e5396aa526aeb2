package io.nsfl.protocol.transfer;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.zip.CRC32C;

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
        FileSink open(byte[] header) throws IOException;
    }

    private final HeaderReader headers;
    private FileSink sink;

    public FrameReceiver(HeaderReader headers) {
        this.headers = Objects.requireNonNull(headers, "headers");
    }

    /**
     * The next frame; its buffer is given back in any case.
     *
     * @throws FaultException TRANSFER_CORRUPT for a wrong checksum, order or a missing or repeated header; REQUEST_TOO_LARGE beyond
     *     the announced size; STORAGE_FULL or STORAGE_UNAVAILABLE if the disk does not take it; what the header reader throws. What
     *     came before stays in the file, so that the transfer can go on from there.
     */
    public void accept(Frame frame) {
        try {
            if (sink == null) {
                open(frame);
            } else if (frame.header().length > 0) {
                throw corrupt("a second header came at byte " + sink.position());
            }
            ByteBuffer data = frame.data();
            if (data.hasRemaining()) {
                check(frame);
                sink.append(data);
            }
        } catch (IOException unwritable) {
            throw storage(unwritable);
        } finally {
            frame.release().run();
        }
    }

    private void open(Frame frame) throws IOException {
        if (frame.header().length == 0) {
            throw corrupt("it begins without a header");
        }
        sink = Objects.requireNonNull(headers.open(frame.header()), "sink");
    }

    private void check(Frame frame) {
        if (frame.offset() != sink.position()) {
            throw corrupt("byte " + sink.position() + " should come next, but byte " + frame.offset() + " came");
        }
        CRC32C crc = new CRC32C();
        crc.update(frame.data().duplicate());
        if ((int) crc.getValue() != frame.crc32c()) {
            throw corrupt("the checksum of the " + frame.data().remaining() + " bytes at " + frame.offset()
                    + " does not fit");
        }
    }

    /**
     * The stream ended.
     *
     * @return the filled sink, still open
     * @throws FaultException TRANSFER_CORRUPT if bytes or the header are missing
     */
    public FileSink complete() {
        if (sink == null) {
            throw corrupt("it ended before its header");
        }
        if (!sink.full()) {
            throw corrupt("it ended at byte " + sink.position() + " of " + sink.size());
        }
        return sink;
    }

    /** Bytes held now; 0 before the header. */
    public long position() {
        return sink == null ? 0 : sink.position();
    }

    /** Closes the sink, if one was opened; keeps the file. */
    @Override
    public void close() {
        if (sink != null) {
            try {
                sink.close();
            } catch (IOException failed) {
                throw storage(failed);
            }
        }
    }

    private static FaultException storage(IOException failed) {
        boolean full = String.valueOf(failed.getMessage()).contains("No space left");
        return new FaultException(
                full ? Fault.STORAGE_FULL : Fault.STORAGE_UNAVAILABLE,
                "What was received cannot be written (" + failed.getMessage() + ").",
                failed);
    }

    private static FaultException corrupt(String why) {
        return new FaultException(
                Fault.TRANSFER_CORRUPT, "The transfer is damaged: " + why + ". Send it again from what is held.");
    }
}
