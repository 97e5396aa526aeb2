package io.nsfl.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.ServerVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.v1.AssignRequest;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.Conditions;
import io.nsfl.protocol.v1.ListClientsRequest;
import io.nsfl.protocol.v1.ReserveRequest;
import io.nsfl.protocol.v1.ReserveResponse;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.SelectionServiceGrpc;
import io.nsfl.protocol.v1.ServerEvent;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.grpc.GrpcServerAddress;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.security.SecretClientInterceptor;
import io.nsfl.sessions.rpc.TestClient;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

class SelectorIT {
    private static final RunRef RUN = RunRef.newBuilder()
            .setNamespace("default")
            .setJob("mnist")
            .setRun("run-1")
            .setEpoch(1)
            .build();

    @TempDir
    Path directory;

    private final SecureRandom random = new SecureRandom();
    private final Map<String, Object> properties = new HashMap<>();
    private InternalSecret secret;
    private ConfigurableApplicationContext selector;
    private ManagedChannel outside;
    private ManagedChannel inside;

    @BeforeEach
    void prepare() {
        Path file = directory.resolve("internal-secret");
        secret = InternalSecret.loadOrCreate(file, random);
        properties.putAll(SelectorSetup.read(
                List.of("--host", "127.0.0.1", "--port", "0"), Map.of("NSFL_INTERNAL_SECRET_FILE", file.toString())));
    }

    private void start() {
        selector = SelectorApplication.start(properties);
        String address =
                "127.0.0.1:" + selector.getBean(GrpcServerAddress.class).port();
        outside = Channels.open(address);
        inside = Channels.open(address, SecretClientInterceptor.internal(secret));
    }

    @AfterEach
    void stop() throws Exception {
        if (selector != null) {
            selector.close();
            outside.shutdownNow().awaitTermination(60, TimeUnit.SECONDS);
            inside.shutdownNow().awaitTermination(60, TimeUnit.SECONDS);
        }
    }

    private SelectionServiceGrpc.SelectionServiceBlockingStub selection(ManagedChannel channel) {
        return SelectionServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    private ReserveResponse reserve(int count) {
        return selection(inside)
                .reserve(ReserveRequest.newBuilder()
                        .setRun(RUN)
                        .setRound(1)
                        .setAttempt(1)
                        .setKind(TaskKind.TASK_KIND_TRAIN)
                        .setConditions(Conditions.newBuilder().addDatasets("mnist"))
                        .setCount(count)
                        .setMinimum(count)
                        .build());
    }

    private static TaskRef task(String client) {
        return TaskRef.newBuilder()
                .setNamespace("default")
                .setJob("mnist")
                .setRun("run-1")
                .setRound(1)
                .setAttempt(1)
                .setClientId(client)
                .setKind(TaskKind.TASK_KIND_TRAIN)
                .setToken(ByteString.copyFromUtf8("token"))
                .build();
    }

    private void assign(String client) {
        selection(inside)
                .assign(AssignRequest.newBuilder()
                        .setRun(RUN)
                        .addAssignments(
                                Assignment.newBuilder().setTask(task(client)).setDeadlineMs(600_000))
                        .build());
    }

    @Test
    void letsClientsInAndAsksTheServerSideForItsSecret() throws Exception {
        start();
        TestClient client = TestClient.registered(outside, ClientKey.generate(random));
        assertThatThrownBy(() -> selection(outside).listClients(ListClientsRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refused -> assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
        assertThat(selection(inside)
                        .listClients(ListClientsRequest.getDefaultInstance())
                        .getClientsList())
                .extracting(view -> view.getClientId())
                .containsExactly(client.id());
        assertThat(HealthGrpc.newBlockingStub(outside)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void refusesToStartWithoutTheInternalSecret() {
        properties.remove("nsfl.selector.internal-secret-file");
        assertThatThrownBy(() -> SelectorApplication.start(properties))
                .hasStackTraceContaining("NSFL_INTERNAL_SECRET_FILE");
    }

    @Test
    void keepsLeasesAndOutboxInPostgresOverARestart() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start()) {
            keepsLeasesAndOutboxOverARestart(Map.of(
                    "DB_TYPE", "postgreSQL",
                    "DB_ADDRESS", "127.0.0.1:" + postgres.getPort(),
                    "DB_NAME", "postgres",
                    "DB_USERNAME", "postgres"));
        }
    }

    @Test
    void keepsLeasesAndOutboxInMongoOverARestart() throws Exception {
        MongoServer mongo = new MongoServer(new MemoryBackend().version(ServerVersion.MONGO_5_0));
        mongo.bind(new InetSocketAddress("127.0.0.1", 0));
        try {
            keepsLeasesAndOutboxOverARestart(Map.of(
                    "DB_TYPE", "mongo",
                    "DB_ADDRESS", "127.0.0.1:" + mongo.getLocalAddress().getPort(),
                    "DB_NAME", "federated_learning"));
        } finally {
            mongo.shutdownNow();
        }
    }

    private void keepsLeasesAndOutboxOverARestart(Map<String, String> database) throws Exception {
        properties.putAll(SelectorSetup.read(List.of("--host", "127.0.0.1", "--port", "0"), database));
        start();
        ClientKey one = ClientKey.generate(random);
        ClientKey two = ClientKey.generate(random);
        TestClient first = TestClient.registered(outside, one);
        TestClient second = TestClient.registered(outside, two);
        ReserveResponse before = reserve(2);
        assign(first.id());
        assign(second.id());
        first.await(ServerEvent::hasAssignment);
        stop();
        start();

        assertThat(reserve(2).getLeasesList()).isEqualTo(before.getLeasesList());
        TestClient again = TestClient.registered(outside, one);
        assertThat(again.await(ServerEvent::hasAssignment).getAssignment().getTask())
                .isEqualTo(task(first.id()));
        TestClient other = TestClient.registered(outside, two);
        assertThat(other.await(ServerEvent::hasAssignment).getAssignment().getTask())
                .isEqualTo(task(second.id()));
        assertThat(selection(inside)
                        .listClients(ListClientsRequest.getDefaultInstance())
                        .getClientsList())
                .allSatisfy(view -> assertThat(view.getTasksLeased()).isEqualTo(1))
                .hasSize(2);
        stop();
        selector = null;
    }
}
