package io.nsfl.benchmarks.load;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.transfer.Frame;
import io.nsfl.protocol.transfer.FrameSender;
import io.nsfl.protocol.transfer.FrameSource;
import io.nsfl.protocol.transfer.TransferMethods;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.ResultHeader;
import java.util.concurrent.CompletableFuture;

/** One result up, one receipt down. */
final class UpdateUpload implements ClientResponseObserver<Frame, Receipt> {
    private final ResultHeader header;
    private final FrameSource source;
    private final CompletableFuture<Receipt> receipt = new CompletableFuture<>();
    private FrameSender sender;

    private UpdateUpload(ResultHeader header, FrameSource source) {
        this.header = header;
        this.source = source;
    }

    static CompletableFuture<Receipt> start(Channel coordinator, ResultHeader header, FrameSource source) {
        UpdateUpload upload = new UpdateUpload(header, source);
        ClientCalls.asyncClientStreamingCall(
                coordinator.newCall(TransferMethods.submitResult(), CallOptions.DEFAULT), upload);
        return upload.receipt;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Frame> started) {
        sender = FrameSender.submit(started, header.toByteArray(), source, header.getOffset());
    }

    @Override
    public void onNext(Receipt answer) {
        receipt.complete(answer);
    }

    @Override
    public void onError(Throwable failure) {
        sender.stop();
        receipt.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
        sender.stop();
        receipt.completeExceptionally(
                new FaultException(Fault.UNAVAILABLE, "The coordinator ended an upload without a receipt."));
    }
}
