package io.nsfl.executor;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.v1.ExecutorReadyRequest;
import io.nsfl.protocol.v1.ExecutorReadyResponse;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskEndedResponse;
import io.nsfl.protocol.v1.TaskManagerServiceGrpc;
import io.nsfl.protocol.v1.TaskProgressRequest;
import io.nsfl.protocol.v1.TaskProgressResponse;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.security.SecretServerInterceptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The task-manager's side, on loopback: remembers what it was told. */
final class TaskManagerFake extends TaskManagerServiceGrpc.TaskManagerServiceImplBase implements AutoCloseable {
    final BlockingQueue<ExecutorReadyRequest> ready = new LinkedBlockingQueue<>();
    final BlockingQueue<TaskEndedRequest> ends = new LinkedBlockingQueue<>();
    /** How many reports of ends to refuse first. */
    final AtomicInteger refusals = new AtomicInteger();

    private final Server server;

    TaskManagerFake(InternalSecret credential) throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(this)
                .intercept(SecretServerInterceptor.executor(credential, Set.of(TaskManagerServiceGrpc.SERVICE_NAME)))
                .build()
                .start();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T value = queue.poll(60, TimeUnit.SECONDS);
        if (value == null) {
            throw new AssertionError("Nothing arrived within a minute");
        }
        return value;
    }

    @Override
    public void executorReady(ExecutorReadyRequest request, StreamObserver<ExecutorReadyResponse> answer) {
        ready.add(request);
        answer.onNext(ExecutorReadyResponse.newBuilder().setIdleLimitS(300).build());
        answer.onCompleted();
    }

    @Override
    public void taskEnded(TaskEndedRequest request, StreamObserver<TaskEndedResponse> answer) {
        if (refusals.getAndDecrement() > 0) {
            answer.onError(Status.UNAVAILABLE.asRuntimeException());
            return;
        }
        ends.add(request);
        answer.onNext(TaskEndedResponse.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public void taskProgress(TaskProgressRequest request, StreamObserver<TaskProgressResponse> answer) {
        answer.onNext(TaskProgressResponse.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
