package io.nsfl.protocol.transfer;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.nsfl.protocol.fault.FaultException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Client's end of a call that answers with frames: feeds a {@link FrameReceiver}, one frame asked for at a time.
 *
 * @param <R> the request
 */
public final class FrameFetch<R> implements ClientResponseObserver<R, Frame> {
    private final FrameReceiver receiver;
    private final CompletableFuture<FileSink> done = new CompletableFuture<>();
    private volatile ClientCallStreamObserver<R> call;

    public FrameFetch(FrameReceiver receiver) {
        this.receiver = receiver;
    }

    /**
     * The filled sink, still open, once the stream ended well; else exceptionally with a FaultException of the receiver or the
     * StatusRuntimeException of the call, after the sink was closed.
     */
    public CompletionStage<FileSink> done() {
        return done.minimalCompletionStage();
    }

    /** Ends the call early; what was received stays. Harmless before the call, after it and when repeated. */
    public void cancel(String reason) {
        ClientCallStreamObserver<R> started = call;
        if (started != null) {
            started.cancel(reason, null);
        }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<R> started) {
        call = started;
        started.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(Frame frame) {
        if (done.isDone()) {
            frame.release().run();
            return;
        }
        try {
            receiver.accept(frame);
            call.request(1);
        } catch (RuntimeException refused) {
            fail(refused);
            call.cancel("The receiver refused a frame", refused);
        }
    }

    @Override
    public void onError(Throwable error) {
        // A frame that cannot be parsed ends the call with our own fault as the status's cause.
        fail(Status.fromThrowable(error).getCause() instanceof FaultException malformed ? malformed : error);
    }

    @Override
    public void onCompleted() {
        try {
            done.complete(receiver.complete());
        } catch (RuntimeException incomplete) {
            fail(incomplete);
        }
    }

    private void fail(Throwable failure) {
        if (!done.isDone()) {
            try {
                receiver.close();
            } catch (RuntimeException unclosed) {
                failure.addSuppressed(unclosed);
            }
            done.completeExceptionally(failure);
        }
    }
}
