package io.nsfl.protocol.transfer;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.CompletionStage;

/**
 * Client's end of a call that answers with frames: feeds a {@link FrameReceiver}, one frame asked for at a time.
 *
 * @param <R> the request
 */
public final class FrameFetch<R> implements ClientResponseObserver<R, Frame> {
    public FrameFetch(FrameReceiver receiver) {}

    /**
     * The filled sink, still open, once the stream ended well; else exceptionally with a FaultException of the receiver or the
     * StatusRuntimeException of the call, after the sink was closed.
     */
    public CompletionStage<FileSink> done() {
        throw new UnsupportedOperationException();
    }

    /** Ends the call early. */
    public void cancel(String reason) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<R> call) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void onNext(Frame frame) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void onError(Throwable error) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void onCompleted() {
        throw new UnsupportedOperationException();
    }
}
