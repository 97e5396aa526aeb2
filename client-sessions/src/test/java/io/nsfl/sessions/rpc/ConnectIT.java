package io.nsfl.sessions.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.ids.Headers;
import io.nsfl.protocol.ids.PeerStatement;
import io.nsfl.protocol.v1.AssignRequest;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.ClientEvent;
import io.nsfl.protocol.v1.Conditions;
import io.nsfl.protocol.v1.LeaseEvent;
import io.nsfl.protocol.v1.ListClientsRequest;
import io.nsfl.protocol.v1.Quit;
import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.Report;
import io.nsfl.protocol.v1.ReserveRequest;
import io.nsfl.protocol.v1.ReserveResponse;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.SelectionServiceGrpc;
import io.nsfl.protocol.v1.ServerEvent;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskPhase;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskStatus;
import io.nsfl.protocol.v1.WatchLeasesRequest;
import io.nsfl.sessions.ClientSessions;
import io.nsfl.sessions.SessionSettings;
import io.nsfl.sessions.enrolment.EnrolmentSettings;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.memory.MemoryDocumentStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectIT {
    private static final RunRef RUN = RunRef.newBuilder()
            .setNamespace("default")
            .setJob("mnist")
            .setRun("run-1")
            .setEpoch(1)
            .build();

    private static final byte[] SECRET = new byte[32];

    private final SecureRandom random = new SecureRandom();
    private final DocumentStore store = new MemoryDocumentStore();
    private ClientSessions sessions;
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        start(SessionSettings.defaults());
    }

    private void start(SessionSettings settings) throws Exception {
        sessions = ClientSessions.open(
                settings,
                EnrolmentSettings.open().behindProxy(SECRET),
                store,
                InstantSource.system(),
                random,
                () -> UUID.randomUUID().toString());
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(sessions.clientService())
                .addService(sessions.selectionService())
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() throws Exception {
        sessions.close();
        channel.shutdownNow().awaitTermination(60, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(60, TimeUnit.SECONDS);
    }

    private SelectionServiceGrpc.SelectionServiceBlockingStub selection() {
        return SelectionServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    private ReserveResponse reserve(int round, int count) {
        return selection()
                .reserve(ReserveRequest.newBuilder()
                        .setRun(RUN)
                        .setRound(round)
                        .setAttempt(1)
                        .setKind(TaskKind.TASK_KIND_TRAIN)
                        .setConditions(
                                Conditions.newBuilder().setRuntime("dl4j").addDatasets("mnist"))
                        .setCount(count)
                        .setMinimum(count)
                        .build());
    }

    private static TaskRef task(String client, int round) {
        return TaskRef.newBuilder()
                .setNamespace("default")
                .setJob("mnist")
                .setRun("run-1")
                .setRound(round)
                .setAttempt(1)
                .setClientId(client)
                .setKind(TaskKind.TASK_KIND_TRAIN)
                .setToken(ByteString.copyFromUtf8("token"))
                .build();
    }

    private void assign(String client, int round) {
        selection()
                .assign(AssignRequest.newBuilder()
                        .setRun(RUN)
                        .addAssignments(Assignment.newBuilder()
                                .setTask(task(client, round))
                                .setDeadlineMs(600_000)
                                .build())
                        .build());
    }

    private static LeaseEvent next(Iterator<LeaseEvent> events, LeaseEvent.Change wanted) {
        while (true) {
            LeaseEvent event = events.next();
            if (event.getChange() == wanted) {
                return event;
            }
        }
    }

    @Test
    void handsAssignmentsToTwoClientsAndTellsTheWatchWhatBecomesOfThem() throws Exception {
        TestClient one = TestClient.registered(channel, ClientKey.generate(random));
        TestClient two = TestClient.registered(channel, ClientKey.generate(random));
        assertThat(reserve(1, 2).getLeasesList())
                .allSatisfy(lease -> assertThat(lease.getAddress()).isEqualTo("127.0.0.1:22000"))
                .extracting(lease -> lease.getClientId())
                .containsExactlyInAnyOrder(one.id(), two.id());
        Iterator<LeaseEvent> events = selection()
                .watchLeases(WatchLeasesRequest.newBuilder().setRun(RUN).build());

        assign(one.id(), 1);
        assign(two.id(), 1);
        TaskRef first = one.await(ServerEvent::hasAssignment).getAssignment().getTask();
        assertThat(first).isEqualTo(task(one.id(), 1));
        two.await(ServerEvent::hasAssignment);
        one.status(first, TaskPhase.TASK_PHASE_ACCEPTED);
        assertThat(next(events, LeaseEvent.Change.ACCEPTED).getTask().getClientId())
                .isEqualTo(one.id());
        two.breakOff();
        assertThat(next(events, LeaseEvent.Change.DISCONNECTED).getTask().getClientId())
                .isEqualTo(two.id());
        one.send(ClientEvent.newBuilder()
                .setQuit(Quit.newBuilder().setReason("bye"))
                .build());
        assertThat(next(events, LeaseEvent.Change.LOST).getTask().getClientId()).isEqualTo(one.id());
        assertThat(one.awaitEnd().isOk()).isTrue();
    }

    @Test
    void believesTheProxyButNobodyElseAboutWhereAClientComesFrom() throws Exception {
        PeerStatement statement = new PeerStatement("192.0.2.7", "", "");
        byte[] guessed = new byte[32];
        guessed[0] = 1;
        TestClient.registered(openWith(statement.signed(SECRET)), ClientKey.generate(random));
        TestClient.registered(openWith(statement.signed(guessed)), ClientKey.generate(random));
        assertThat(reserve(1, 2).getLeasesList())
                .extracting(lease -> lease.getAddress())
                .containsExactlyInAnyOrder("192.0.2.7:22000", "127.0.0.1:22000");
    }

    private ManagedChannel openWith(String statement) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of(Headers.PEER, Metadata.ASCII_STRING_MARSHALLER), statement);
        return NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
                .build();
    }

    @Test
    void closesTheOlderStreamOfAClientThatRegistersAgain() throws Exception {
        ClientKey key = ClientKey.generate(random);
        TestClient older = TestClient.registered(channel, key);
        TestClient newer = TestClient.registered(channel, key);
        assertThat(older.awaitEnd().getCode()).isEqualTo(Status.Code.ABORTED);
        reserve(1, 1);
        assign(newer.id(), 1);
        newer.await(ServerEvent::hasAssignment);
    }

    @Test
    void refusesASignatureThatDoesNotMatchTheChallenge() throws Exception {
        TestClient client = TestClient.open(channel, ClientKey.generate(random));
        client.await(ServerEvent::hasChallenge);
        client.send(ClientEvent.newBuilder()
                .setRegister(client.register(ByteString.copyFrom(new byte[32])))
                .build());
        assertThat(client.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void namesEveryFaultOfARegistration() throws Exception {
        TestClient client = TestClient.open(channel, ClientKey.generate(random));
        ByteString nonce =
                client.await(ServerEvent::hasChallenge).getChallenge().getNonce();
        client.send(ClientEvent.newBuilder()
                .setRegister(client.register(nonce).setPlatform("mars").setMaxTaskParallelism(-7))
                .build());
        Status status = client.awaitEnd();
        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription()).contains("$.platform", "$.max_task_parallelism");
    }

    @Test
    void refusesEventsBeforeTheRegistration() throws Exception {
        TestClient client = TestClient.open(channel, ClientKey.generate(random));
        client.send(
                ClientEvent.newBuilder().setReport(Report.getDefaultInstance()).build());
        assertThat(client.awaitEnd().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void goesOnWhereItWasAfterARestart() throws Exception {
        ClientKey one = ClientKey.generate(random);
        ClientKey two = ClientKey.generate(random);
        TestClient first = TestClient.registered(channel, one);
        TestClient second = TestClient.registered(channel, two);
        ReserveResponse before = reserve(1, 2);
        assign(first.id(), 1);
        first.await(ServerEvent::hasAssignment);
        assign(second.id(), 1);
        second.status(
                second.await(ServerEvent::hasAssignment).getAssignment().getTask(), TaskPhase.TASK_PHASE_ACCEPTED);
        // The channel stays until the client has heard it.
        sessions.close();
        assertThat(first.await(ServerEvent::hasDirective).getDirective().getComeBackAfterMs())
                .isPositive();
        stop();
        start();

        assertThat(reserve(1, 2).getLeasesList()).isEqualTo(before.getLeasesList());
        TestClient firstAgain = TestClient.registered(channel, one);
        assertThat(firstAgain.await(ServerEvent::hasAssignment).getAssignment().getTask())
                .isEqualTo(task(first.id(), 1));
        TestClient secondAgain = TestClient.registered(
                channel,
                two,
                TaskStatus.newBuilder()
                        .setTask(task(second.id(), 1))
                        .setPhase(TaskPhase.TASK_PHASE_RUNNING)
                        .build());
        selection().release(ReleaseRequest.newBuilder().setRun(RUN).build());
        assertThat(secondAgain
                        .await(event -> event.hasAssignment() || event.hasCancel())
                        .hasCancel())
                .isTrue();
    }

    @Test
    void holdsNoMoreStreamsThanItMay() throws Exception {
        stop();
        SessionSettings usual = SessionSettings.defaults();
        start(new SessionSettings(
                usual.direct(),
                usual.reportPeriod(),
                usual.beatPeriod(),
                usual.leaseDuration(),
                usual.singleSilence(),
                usual.clusterSilence(),
                usual.reconnectGrace(),
                usual.forgetAfter(),
                1,
                usual.weights()));
        TestClient one = TestClient.registered(channel, ClientKey.generate(random));
        assertThat(TestClient.open(channel, ClientKey.generate(random))
                        .awaitEnd()
                        .getCode())
                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        one.send(ClientEvent.newBuilder().setQuit(Quit.getDefaultInstance()).build());
        one.awaitEnd();
        awaitAPlace();
    }

    /** The server counts a stream until it knows that its end has reached the client. */
    private void awaitAPlace() throws Exception {
        long patienceEndsNs = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (System.nanoTime() < patienceEndsNs) {
            TestClient next = TestClient.open(channel, ClientKey.generate(random));
            if (next.challenged()) {
                return;
            }
        }
        throw new AssertionError("No stream is let in although the only other one has ended");
    }

    @Test
    void givesUpAStreamThatIsSilentForThreePeriods() throws Exception {
        stop();
        SessionSettings usual = SessionSettings.defaults();
        start(new SessionSettings(
                usual.direct(),
                usual.reportPeriod(),
                Duration.ofMillis(400),
                usual.leaseDuration(),
                usual.singleSilence(),
                usual.clusterSilence(),
                usual.reconnectGrace(),
                usual.forgetAfter(),
                usual.maxStreams(),
                usual.weights()));
        TestClient silent = TestClient.registered(channel, ClientKey.generate(random));
        silent.await(ServerEvent::hasBeat);
        assertThat(silent.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(selection()
                        .listClients(ListClientsRequest.getDefaultInstance())
                        .getClientsList())
                .extracting(client -> client.getState())
                .containsExactly("silent");
    }
}
