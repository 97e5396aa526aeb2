package io.nsfl.proxy;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.v1.Chunk;
import io.nsfl.protocol.v1.ClientEvent;
import io.nsfl.protocol.v1.ClientServiceGrpc;
import io.nsfl.protocol.v1.Progress;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.SelectionServiceGrpc;
import io.nsfl.protocol.v1.ServerEvent;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskServiceGrpc;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** What stands behind the proxy: answers, and remembers what it was sent. */
final class Backend implements AutoCloseable {
    private static final Context.Key<Metadata> HEADERS = Context.key("headers");

    /** Headers of every call so far. */
    final List<Metadata> calls = new CopyOnWriteArrayList<>();

    /** Bytes of uploads. */
    final AtomicLong received = new AtomicLong();

    private final Server server;

    Backend() throws IOException {
        this(InsecureServerCredentials.create());
    }

    Backend(ServerCredentials credentials) throws IOException {
        ServerInterceptor remembering = new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                calls.add(headers);
                return Contexts.interceptCall(Context.current().withValue(HEADERS, headers), call, headers, next);
            }
        };
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0), credentials)
                .maxInboundMessageSize(16 << 20)
                .addService(ServerInterceptors.intercept(new Tasks(), remembering))
                .addService(ServerInterceptors.intercept(new Clients(), remembering))
                .addService(ServerInterceptors.intercept(
                        new SelectionServiceGrpc.SelectionServiceImplBase() {}, remembering))
                .build()
                .start();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    /** A header of the last call, or null. */
    String header(String name) {
        return calls.getLast().get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class Tasks extends TaskServiceGrpc.TaskServiceImplBase {
        @Override
        public void describeTask(TaskRef task, StreamObserver<TaskDescription> answer) {
            answer.onNext(TaskDescription.getDefaultInstance());
            answer.onCompleted();
        }

        @Override
        public StreamObserver<Chunk> submitResult(StreamObserver<Receipt> answer) {
            return new StreamObserver<>() {
                @Override
                public void onNext(Chunk chunk) {
                    received.addAndGet(chunk.getData().size());
                }

                @Override
                public void onError(Throwable broken) {}

                @Override
                public void onCompleted() {
                    answer.onNext(Receipt.getDefaultInstance());
                    answer.onCompleted();
                }
            };
        }

        /** Answers each sign with one. */
        @Override
        public StreamObserver<Progress> reportProgress(StreamObserver<TaskDirective> answer) {
            return new StreamObserver<>() {
                @Override
                public void onNext(Progress progress) {
                    answer.onNext(TaskDirective.getDefaultInstance());
                }

                @Override
                public void onError(Throwable broken) {}

                @Override
                public void onCompleted() {
                    answer.onCompleted();
                }
            };
        }
    }

    private static final class Clients extends ClientServiceGrpc.ClientServiceImplBase {
        @Override
        public StreamObserver<ClientEvent> connect(StreamObserver<ServerEvent> answer) {
            answer.onNext(ServerEvent.getDefaultInstance());
            return new StreamObserver<>() {
                @Override
                public void onNext(ClientEvent event) {
                    answer.onNext(ServerEvent.getDefaultInstance());
                }

                @Override
                public void onError(Throwable broken) {}

                @Override
                public void onCompleted() {
                    answer.onCompleted();
                }
            };
        }
    }
}
