package io.nsfl.protocol.transfer;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.nsfl.protocol.v1.ArtifactHeader;
import io.nsfl.protocol.v1.FetchTaskRequest;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.ResultHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** A client's end of the two transfers. */
final class LoopbackClient implements AutoCloseable {
    final ManagedChannel channel;

    LoopbackClient(int port) {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .proxyDetector(target -> null)
                .disableRetry()
                .build();
    }

    /** Fetches from an offset into a file; the call runs until the fetch is done or cancelled. */
    FrameFetch<FetchTaskRequest> fetch(Path target, long offset) {
        FrameFetch<FetchTaskRequest> fetch = new FrameFetch<>(new FrameReceiver(bytes -> {
            ArtifactHeader header = ArtifactHeader.parseFrom(bytes);
            return FileSink.open(
                    target, header.getOffset(), header.getArtifact().getSize());
        }));
        ClientCalls.asyncServerStreamingCall(
                channel.newCall(TransferMethods.fetchTask(), CallOptions.DEFAULT),
                FetchTaskRequest.newBuilder()
                        .setArtifact("model")
                        .setOffset(offset)
                        .build(),
                fetch);
        return fetch;
    }

    CompletableFuture<Receipt> submit(Path file, long offset) throws IOException {
        FrameSource source = FrameSource.file(file);
        byte[] header = ResultHeader.newBuilder()
                .setOffset(offset)
                .setSize(source.size())
                .build()
                .toByteArray();
        Submission submission = new Submission(header, source, offset);
        ClientCalls.asyncClientStreamingCall(
                channel.newCall(TransferMethods.submitResult(), CallOptions.DEFAULT), submission);
        return submission.receipt;
    }

    private static final class Submission implements ClientResponseObserver<Frame, Receipt> {
        private final byte[] header;
        private final FrameSource source;
        private final long offset;
        private final CompletableFuture<Receipt> receipt = new CompletableFuture<>();
        private FrameSender sender;

        Submission(byte[] header, FrameSource source, long offset) {
            this.header = header;
            this.source = source;
            this.offset = offset;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<Frame> call) {
            sender = FrameSender.submit(call, header, source, offset);
        }

        @Override
        public void onNext(Receipt answer) {
            sender.stop();
            receipt.complete(answer);
        }

        @Override
        public void onError(Throwable error) {
            sender.stop();
            receipt.completeExceptionally(error);
        }

        @Override
        public void onCompleted() {}
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
