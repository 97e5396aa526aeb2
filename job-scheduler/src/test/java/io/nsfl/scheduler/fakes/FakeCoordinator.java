package io.nsfl.scheduler.fakes;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.v1.CoordinatorControlGrpc;
import io.nsfl.protocol.v1.CoordinatorStatus;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.StatusRequest;
import io.nsfl.protocol.v1.StopRequest;
import io.nsfl.protocol.v1.StopResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The control side of a coordinator on a real port; its heartbeats are sent by the test. */
public final class FakeCoordinator extends CoordinatorControlGrpc.CoordinatorControlImplBase implements AutoCloseable {
    private final Server server;
    private final List<StopRequest> stops = new CopyOnWriteArrayList<>();
    private final List<StatusRequest> questions = new CopyOnWriteArrayList<>();
    private volatile RunRef run = RunRef.getDefaultInstance();

    public FakeCoordinator() {
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                    .addService(this)
                    .build()
                    .start();
        } catch (IOException taken) {
            throw new UncheckedIOException(taken);
        }
    }

    public String address() {
        return "127.0.0.1:" + server.getPort();
    }

    public void plays(RunRef played) {
        run = played;
    }

    public List<StopRequest> stops() {
        return stops;
    }

    public List<StatusRequest> questions() {
        return questions;
    }

    @Override
    public void stop(StopRequest request, StreamObserver<StopResponse> answer) {
        stops.add(request);
        answer.onNext(StopResponse.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public void status(StatusRequest request, StreamObserver<CoordinatorStatus> answer) {
        questions.add(request);
        answer.onNext(
                CoordinatorStatus.newBuilder().setRun(run).setState("RUNNING").build());
        answer.onCompleted();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
