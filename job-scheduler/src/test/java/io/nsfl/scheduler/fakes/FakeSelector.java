package io.nsfl.scheduler.fakes;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.v1.CheckResourcesRequest;
import io.nsfl.protocol.v1.CheckResourcesResponse;
import io.nsfl.protocol.v1.ClientVerdict;
import io.nsfl.protocol.v1.ClientView;
import io.nsfl.protocol.v1.ExplainSelectionRequest;
import io.nsfl.protocol.v1.ExplainSelectionResponse;
import io.nsfl.protocol.v1.ListClientsRequest;
import io.nsfl.protocol.v1.ListClientsResponse;
import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.ReleaseResponse;
import io.nsfl.protocol.v1.SelectionServiceGrpc;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.security.SecretServerInterceptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A selector on a real port that says what a test wants. */
public final class FakeSelector extends SelectionServiceGrpc.SelectionServiceImplBase implements AutoCloseable {
    private final Server server;
    private final Map<String, String> refusals = new ConcurrentHashMap<>();
    private final List<CheckResourcesRequest> checks = new CopyOnWriteArrayList<>();
    private final List<ReleaseRequest> releases = new CopyOnWriteArrayList<>();

    public FakeSelector(InternalSecret secret) {
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                    .addService(this)
                    .intercept(SecretServerInterceptor.internal(secret, Set.of(SelectionServiceGrpc.SERVICE_NAME)))
                    .build()
                    .start();
        } catch (IOException taken) {
            throw new UncheckedIOException(taken);
        }
    }

    public String address() {
        return "127.0.0.1:" + server.getPort();
    }

    /** There are not enough clients for this job. */
    public void refuse(String job, String explanation) {
        refusals.put(job, explanation);
    }

    public void admit(String job) {
        refusals.remove(job);
    }

    public List<CheckResourcesRequest> checks() {
        return checks;
    }

    public List<ReleaseRequest> releases() {
        return releases;
    }

    @Override
    public void checkResources(CheckResourcesRequest request, StreamObserver<CheckResourcesResponse> answer) {
        checks.add(request);
        String refusal = refusals.get(request.getRun().getJob());
        answer.onNext(CheckResourcesResponse.newBuilder()
                .setSatisfied(refusal == null)
                .setExplanation(refusal == null ? "" : refusal)
                .build());
        answer.onCompleted();
    }

    @Override
    public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> answer) {
        releases.add(request);
        answer.onNext(ReleaseResponse.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public void listClients(ListClientsRequest request, StreamObserver<ListClientsResponse> answer) {
        ListClientsResponse.Builder known = ListClientsResponse.newBuilder();
        if (request.getClient().isEmpty() || request.getClient().equals("c-1")) {
            known.addClients(ClientView.newBuilder()
                    .setClientId("c-1")
                    .setName("one")
                    .setState("connected")
                    .setRegistration(true)
                    .setTasksDelivered(3)
                    .setTasksLost(1)
                    .addRuntimes("dl4j"));
        }
        if (request.getClient().isEmpty() || request.getClient().equals("c-hidden")) {
            known.addClients(ClientView.newBuilder()
                    .setClientId("c-hidden")
                    .setName("hidden")
                    .setState("connected"));
        }
        answer.onNext(known.build());
        answer.onCompleted();
    }

    @Override
    public void explainSelection(ExplainSelectionRequest request, StreamObserver<ExplainSelectionResponse> answer) {
        answer.onNext(ExplainSelectionResponse.newBuilder()
                .addVerdicts(ClientVerdict.newBuilder()
                        .setClientId("c-1")
                        .setClientName("one")
                        .setFits(true))
                .addVerdicts(ClientVerdict.newBuilder()
                        .setClientId("c-2")
                        .setClientName("two")
                        .addReasons("lacks the dataset mnist"))
                .build());
        answer.onCompleted();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
