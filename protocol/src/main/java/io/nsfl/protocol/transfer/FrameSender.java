package io.nsfl.protocol.transfer;

import io.grpc.stub.CallStreamObserver;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;

/**
 * Sends a header and then a source's bytes as frames, each as the stream gets ready for it: at most a few frames are in memory
 * however large the source is. Runs in the stream's own callbacks; closes the source and completes the stream at the end.
 *
 * <p>The source's buffer is reused as soon as a frame has left it, so the channel must not keep messages for a retry of its own
 * ({@code disableRetry()}).
 */
public final class FrameSender {
    private static final byte[] NO_HEADER = {};

    private final CallStreamObserver<Frame> call;
    private final byte[] header;
    private final FrameSource source;
    private final CompletableFuture<Long> sent = new CompletableFuture<>();
    private volatile long position;
    private boolean headerSent;
    /** A frame was handed over and has not left the source's buffer yet. */
    private boolean inBuffer;

    private boolean pumping;
    private boolean ended;

    private FrameSender(CallStreamObserver<Frame> call, byte[] header, FrameSource source, long offset) {
        if (offset < 0 || offset > source.size()) {
            source.close();
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    "A transfer of " + source.size() + " bytes cannot begin at byte " + offset + ".");
        }
        if (header.length > Frame.MAX_HEADER) {
            source.close();
            throw new IllegalArgumentException(
                    "A header has at most " + Frame.MAX_HEADER + " bytes, got " + header.length);
        }
        this.call = call;
        this.header = header;
        this.source = source;
        this.position = offset;
    }

    /**
     * From a server: call it inside the service method, before that returns. The source is closed in any case.
     *
     * @throws FaultException REQUEST_INVALID for an offset outside the source
     */
    public static FrameSender serve(
            ServerCallStreamObserver<Frame> call, byte[] header, FrameSource source, long offset) {
        FrameSender sender = new FrameSender(call, header, source, offset);
        call.setOnCancelHandler(sender::stop);
        call.setOnReadyHandler(sender::pump);
        sender.pump();
        return sender;
    }

    /**
     * From a client: call it in {@code ClientResponseObserver.beforeStart}. The source is closed in any case.
     *
     * @throws FaultException REQUEST_INVALID for an offset outside the source
     */
    public static FrameSender submit(
            ClientCallStreamObserver<Frame> call, byte[] header, FrameSource source, long offset) {
        FrameSender sender = new FrameSender(call, header, source, offset);
        call.setOnReadyHandler(sender::pump);
        return sender;
    }

    /** Bytes of the source handed over so far, the starting offset included; safe to ask from any thread. */
    public long position() {
        return position;
    }

    /** Completes with the source's size when all is handed over; exceptionally if reading failed or the stream was cancelled. */
    public CompletionStage<Long> sent() {
        return sent.minimalCompletionStage();
    }

    /**
     * No more frames: closes the source. For whoever receives the answer, in {@code onNext}, {@code onError} and {@code onCompleted}, because
     * an answer can come before the end. Harmless when repeated.
     */
    public synchronized void stop() {
        end(new CancellationException("The transfer was stopped at byte " + position));
    }

    private synchronized void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (!ended && !inBuffer && call.isReady()) {
                sendNext();
            }
        } catch (IOException unreadable) {
            FaultException failure = new FaultException(
                    Fault.STORAGE_UNAVAILABLE,
                    "What is to be sent cannot be read at byte " + position + ": " + unreadable.getMessage(),
                    unreadable);
            end(failure);
            call.onError(failure);
        } catch (RuntimeException callEnded) {
            end(callEnded);
            throw callEnded;
        } finally {
            pumping = false;
        }
    }

    private void sendNext() throws IOException {
        if (!headerSent) {
            headerSent = true;
            hand(header, 0, ByteBuffer.allocate(0));
        } else if (position < source.size()) {
            int length = (int) Math.min(Frame.MAX_DATA, source.size() - position);
            ByteBuffer data = source.frame(position, length);
            CRC32C crc = new CRC32C();
            crc.update(data.duplicate());
            hand(NO_HEADER, (int) crc.getValue(), data);
            position += length;
        } else {
            end(null);
            call.onCompleted();
        }
    }

    private void hand(byte[] head, int crc32c, ByteBuffer data) {
        inBuffer = true;
        AtomicBoolean left = new AtomicBoolean();
        call.onNext(new Frame(head, position, crc32c, data, () -> {
            if (left.compareAndSet(false, true)) {
                leftBuffer();
            }
        }));
    }

    /** Usually inside onNext; later, on another thread, where the transport keeps the message for a while. */
    private synchronized void leftBuffer() {
        inBuffer = false;
        pump();
    }

    private void end(Throwable failure) {
        if (ended) {
            return;
        }
        ended = true;
        source.close();
        if (failure == null) {
            sent.complete(source.size());
        } else {
            sent.completeExceptionally(failure);
        }
    }
}
