package io.nsfl.protocol.transfer;

import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactHeader;
import io.nsfl.protocol.v1.FetchTaskRequest;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.ResultHeader;
import io.nsfl.protocol.v1.TaskServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A coordinator's two transfers over real sockets: serves one file, and takes results into another. */
final class LoopbackService implements TransferService, TaskServiceGrpc.AsyncService, AutoCloseable {
    private final Path served;
    private final Path received;
    private final Server server;
    final BlockingQueue<FrameSender> senders = new LinkedBlockingQueue<>();

    LoopbackService(Path served, Path received, ServerInterceptor... interceptors) throws IOException {
        this.served = served;
        this.received = received;
        ServerBuilder<?> builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(TransferMethods.service(this, this));
        for (ServerInterceptor interceptor : interceptors) {
            builder.intercept(interceptor);
        }
        server = builder.build().start();
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void fetchTask(FetchTaskRequest request, ServerCallStreamObserver<Frame> response) {
        try {
            FrameSource source = FrameSource.file(served);
            byte[] header = ArtifactHeader.newBuilder()
                    .setArtifact(
                            Artifact.newBuilder().setName(request.getArtifact()).setSize(source.size()))
                    .setOffset(request.getOffset())
                    .build()
                    .toByteArray();
            senders.add(FrameSender.serve(response, header, source, request.getOffset()));
        } catch (IOException | FaultException refused) {
            response.onError(refused);
        }
    }

    @Override
    public StreamObserver<Frame> submitResult(ServerCallStreamObserver<Receipt> response) {
        FrameReceiver receiver = new FrameReceiver(bytes -> {
            ResultHeader header = ResultHeader.parseFrom(bytes);
            return FileSink.open(received, header.getOffset(), header.getSize());
        });
        response.disableAutoRequest();
        response.request(1);
        return new StreamObserver<>() {
            private boolean refused;

            @Override
            public void onNext(Frame frame) {
                try {
                    receiver.accept(frame);
                    response.request(1);
                } catch (FaultException refusal) {
                    refused = true;
                    receiver.close();
                    response.onError(refusal);
                }
            }

            @Override
            public void onError(Throwable error) {
                receiver.close();
            }

            @Override
            public void onCompleted() {
                if (refused) {
                    return;
                }
                try (FileSink whole = receiver.complete()) {
                    response.onNext(Receipt.newBuilder()
                            .setVerdict(whole.full() ? Receipt.Verdict.HELD : Receipt.Verdict.REJECTED)
                            .build());
                    response.onCompleted();
                } catch (IOException | FaultException failed) {
                    response.onError(failed);
                }
            }
        };
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
