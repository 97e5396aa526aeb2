package io.nsfl.protocol.transfer;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.nsfl.protocol.v1.FetchTaskRequest;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.TaskServiceGrpc;

/** TaskService with its two calls that move bytes spoken through {@link Frame}: the same bytes on the wire as the generated stubs. */
public final class TransferMethods {
    private TransferMethods() {}

    /** For a client: {@code ClientCalls.asyncServerStreamingCall(channel.newCall(fetchTask(), options), request, new FrameFetch<>(…))}. */
    public static MethodDescriptor<FetchTaskRequest, Frame> fetchTask() {
        throw new UnsupportedOperationException();
    }

    /** For a client: {@code ClientCalls.asyncClientStreamingCall(channel.newCall(submitResult(), options), responseObserver)}. */
    public static MethodDescriptor<Frame, Receipt> submitResult() {
        throw new UnsupportedOperationException();
    }

    /** TaskService for a server: {@code transfers} for FetchTask and SubmitResult, {@code others} for the rest. */
    public static BindableService service(TaskServiceGrpc.AsyncService others, TransferService transfers) {
        throw new UnsupportedOperationException();
    }
}
