package io.nsfl.protocol.transfer;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.CompletionStage;

/**
 * Sends a header and then a source's bytes as frames, each as the stream gets ready for it: at most a few frames are in memory
 * however large the source is. Runs in the stream's own callbacks; closes the source and completes the stream at the end.
 */
public final class FrameSender {
    private FrameSender() {}

    /** From a server: call it inside the service method, before that returns. */
    public static FrameSender serve(
            ServerCallStreamObserver<Frame> call, byte[] header, FrameSource source, long offset) {
        throw new UnsupportedOperationException();
    }

    /** From a client: call it in {@code ClientResponseObserver.beforeStart}. */
    public static FrameSender submit(
            ClientCallStreamObserver<Frame> call, byte[] header, FrameSource source, long offset) {
        throw new UnsupportedOperationException();
    }

    /** Bytes of the source handed over so far, the starting offset included; safe to ask from any thread. */
    public long position() {
        throw new UnsupportedOperationException();
    }

    /** Completes with the source's size when all is handed over; exceptionally if reading failed or the stream was cancelled. */
    public CompletionStage<Long> sent() {
        throw new UnsupportedOperationException();
    }

    /** No more frames: closes the source. For the receiver of the answer, when that came before the end. Harmless when repeated. */
    public void stop() {
        throw new UnsupportedOperationException();
    }
}
