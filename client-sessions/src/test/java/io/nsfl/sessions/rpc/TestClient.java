package io.nsfl.sessions.rpc;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.v1.ClientEvent;
import io.nsfl.protocol.v1.ClientServiceGrpc;
import io.nsfl.protocol.v1.Dataset;
import io.nsfl.protocol.v1.Register;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.ServerEvent;
import io.nsfl.protocol.v1.TaskPhase;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskStatus;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A task-manager's side of Connect, over a real channel. */
public final class TestClient implements StreamObserver<ServerEvent> {
    private static final long PATIENCE_S = 60;

    private final ClientKey key;
    private final LinkedBlockingQueue<ServerEvent> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();
    private final CompletableFuture<ServerEvent> challenge = new CompletableFuture<>();
    private StreamObserver<ClientEvent> out;

    private TestClient(ClientKey key) {
        this.key = key;
    }

    public static TestClient open(ManagedChannel channel, ClientKey key) {
        TestClient client = new TestClient(key);
        client.out = ClientServiceGrpc.newStub(channel).connect(client);
        return client;
    }

    /** Opens a stream and registers on it. */
    public static TestClient registered(ManagedChannel channel, ClientKey key, TaskStatus... held)
            throws InterruptedException {
        TestClient client = open(channel, key);
        ByteString nonce =
                client.await(ServerEvent::hasChallenge).getChallenge().getNonce();
        client.send(ClientEvent.newBuilder()
                .setRegister(client.register(nonce).addAllTasks(List.of(held)))
                .build());
        client.await(ServerEvent::hasRegistered);
        return client;
    }

    Register.Builder register(ByteString nonce) {
        return Register.newBuilder()
                .setIdentityKey(ByteString.copyFrom(key.identity().identityKey()))
                .setSignature(ByteString.copyFrom(key.signRegister(nonce.toByteArray())))
                .setAddress("0.0.0.0:22000")
                .setPlatform("linux")
                .addRuntimes("DL4J")
                .addDatasets(Dataset.newBuilder().setName("mnist").setSamples(100))
                .setCapacity(Resources.newBuilder().setCpu(4).setMemoryMb(8_000))
                .setMaxTaskParallelism(1)
                .setRegistration(true);
    }

    public String id() {
        return key.identity().id();
    }

    public void send(ClientEvent event) {
        out.onNext(event);
    }

    public void status(TaskRef task, TaskPhase phase) {
        send(ClientEvent.newBuilder()
                .setTaskStatus(TaskStatus.newBuilder().setTask(task).setPhase(phase))
                .build());
    }

    /** The next event of this kind; others before it are passed over. */
    public ServerEvent await(Predicate<ServerEvent> wanted) throws InterruptedException {
        while (true) {
            ServerEvent event = received.poll(PATIENCE_S, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("The server did not send what was waited for; the stream: " + ended);
            }
            if (wanted.test(event)) {
                return event;
            }
        }
    }

    /** Whether the server takes this stream; false: it was ended. */
    boolean challenged() throws Exception {
        CompletableFuture<Boolean> let = ended.thenApply(status -> false);
        return (boolean)
                CompletableFuture.anyOf(let, challenge.thenApply(event -> true)).get(PATIENCE_S, TimeUnit.SECONDS);
    }

    /** How the stream ended. */
    public Status awaitEnd() throws Exception {
        return ended.get(PATIENCE_S, TimeUnit.SECONDS);
    }

    /** Tears the stream down without a word. */
    public void breakOff() {
        out.onError(Status.CANCELLED.withDescription("cut").asException());
    }

    @Override
    public void onNext(ServerEvent event) {
        if (event.hasChallenge()) {
            challenge.complete(event);
        }
        received.add(event);
    }

    @Override
    public void onError(Throwable failure) {
        ended.complete(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
        ended.complete(Status.OK);
    }
}
