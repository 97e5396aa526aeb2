package io.nsfl.protocol.transfer;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.v1.FetchTaskRequest;
import io.nsfl.protocol.v1.Receipt;

/** The two calls of TaskService that move bytes, with {@link Frame} in place of the generated Chunk. */
public interface TransferService {
    /** Answers with frames; see {@link FrameSender#serve}. */
    void fetchTask(FetchTaskRequest request, ServerCallStreamObserver<Frame> response);

    /**
     * Takes frames. The implementation switches off automatic requests ({@code response.disableAutoRequest()}) and asks for the first
     * and each next frame itself.
     */
    StreamObserver<Frame> submitResult(ServerCallStreamObserver<Receipt> response);
}
