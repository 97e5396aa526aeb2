package io.nsfl.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Headers;
import io.nsfl.protocol.ids.PeerStatement;
import io.nsfl.protocol.v1.ClientEvent;
import io.nsfl.protocol.v1.ClientServiceGrpc;
import io.nsfl.protocol.v1.ReserveRequest;
import io.nsfl.protocol.v1.SelectionServiceGrpc;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TaskServiceGrpc;
import io.nsfl.servicekit.fault.GrpcFaults;
import io.nsfl.servicekit.grpc.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The proxy with a real nginx, between real gRPC clients and servers. */
class ProxyIT {
    private static final String JOB = "default-mnist";

    @TempDir
    Path directory;

    private Backend coordinator;
    private Backend selector;
    private TestProxy proxy;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        coordinator = new Backend();
        selector = new Backend();
        proxy = new TestProxy(directory, Map.of(), "--nsfl.proxy.selector-address=" + selector.address()).start();
        channel = Channels.open(proxy.address());
    }

    @AfterEach
    void stop() throws Exception {
        if (channel != null) {
            channel.shutdownNow().awaitTermination(60, TimeUnit.SECONDS);
            proxy.close();
            coordinator.close();
            selector.close();
        }
    }

    private TaskDescription describe(String... headers) {
        return TaskServiceGrpc.newBlockingStub(
                        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(with(headers))))
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .describeTask(TaskRef.getDefaultInstance());
    }

    private static Metadata with(String... headers) {
        Metadata metadata = new Metadata();
        for (int at = 0; at < headers.length; at += 2) {
            metadata.put(Metadata.Key.of(headers[at], Metadata.ASCII_STRING_MARSHALLER), headers[at + 1]);
        }
        return metadata;
    }

    private static FaultException refusal(ThrowingCallable call) {
        return GrpcFaults.from(catchThrowable(call));
    }

    @Test
    void leadsTasksToTheCoordinatorThatTheHeaderNamesAndClientsToTheSelector() throws Exception {
        proxy.register(JOB, coordinator.address());
        describe(Headers.JOB, JOB);
        assertThat(coordinator.calls).hasSize(1);
        assertThat(selector.calls).isEmpty();

        ClientServiceGrpc.newBlockingV2Stub(channel)
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .connect()
                .read();
        assertThat(selector.calls).hasSize(1);
        assertThat(coordinator.calls).hasSize(1);
    }

    @Test
    void refusesEverythingElseInWords() {
        FaultException internal = refusal(
                () -> SelectionServiceGrpc.newBlockingStub(channel).reserve(ReserveRequest.getDefaultInstance()));
        assertThat(internal.fault()).isEqualTo(Fault.FORBIDDEN);
        assertThat(internal).hasMessageContaining("only nsfl.v1.ClientService");

        FaultException nowhere = refusal(() -> describe());
        assertThat(nowhere.fault()).isEqualTo(Fault.REQUEST_INVALID);
        assertThat(nowhere).hasMessageContaining("nsfl-job");

        FaultException hostile = refusal(() -> describe(Headers.JOB, "../" + "a".repeat(300)));
        assertThat(hostile.fault()).isEqualTo(Fault.REQUEST_INVALID);
        assertThat(coordinator.calls).isEmpty();
        assertThat(selector.calls).isEmpty();
    }

    @Test
    void asksWhoWantsAnUnknownJobToTryAgainAndLetsHimInOnceItIsKnown() throws Exception {
        FaultException unknown = refusal(() -> describe(Headers.JOB, JOB));
        assertThat(unknown.fault()).isEqualTo(Fault.UNAVAILABLE);
        assertThat(unknown.retryAfter()).isPresent();
        assertThat(unknown).hasMessageContaining(JOB);

        proxy.register(JOB, coordinator.address());
        describe(Headers.JOB, JOB);
        assertThat(coordinator.calls).hasSize(1);
    }

    @Test
    void saysThatACoordinatorDoesNotAnswer() throws Exception {
        proxy.register(JOB, "127.0.0.1:" + TestNginx.freePort());
        FaultException away = refusal(() -> describe(Headers.JOB, JOB));
        assertThat(away.fault()).isEqualTo(Fault.UNAVAILABLE);
    }

    @Test
    void overwritesWhatAClientSaysAboutItself() throws Exception {
        proxy.register(JOB, coordinator.address());
        String forged = new PeerStatement("10.0.0.1", "CN=somebody", "ab").signed(new byte[32]);
        describe(
                Headers.JOB,
                JOB,
                Headers.PEER,
                forged,
                Headers.INTERNAL,
                "guess",
                Headers.EXECUTOR,
                "guess",
                "x-forwarded-for",
                "10.0.0.1");

        assertThat(coordinator.header(Headers.INTERNAL)).isNull();
        assertThat(coordinator.header(Headers.EXECUTOR)).isNull();
        assertThat(coordinator.header("x-forwarded-for")).isNull();
        assertThat(coordinator.header(Headers.JOB)).isEqualTo(JOB);
        assertThat(PeerStatement.verified(coordinator.header(Headers.PEER), proxy.secret.bytes()))
                .contains(new PeerStatement("127.0.0.1", "", ""));
    }

    @Test
    void answersTheRouteApiAsDocumented() throws Exception {
        String token = proxy.secret.hex();
        String[] named = {"token", token, "module-id", "default-tf-mnist-fl"};
        assertThat(proxy.route("GET").statusCode()).isEqualTo(401);
        assertThat(proxy.route("GET", "token", "Fl-ZTE", "module-id", JOB).statusCode())
                .isEqualTo(401);
        assertThat(proxy.route("GET", named).statusCode()).isEqualTo(404);
        assertThat(proxy.route("PUT", named).statusCode()).isEqualTo(400);
        assertThat(proxy.route("DELETE", named).statusCode()).isEqualTo(404);

        String[] whole = {
            "token", token, "module-id", "default-tf-mnist-fl", "module-service", "default-tf-mnist-fl:50051"
        };
        assertThat(proxy.route("PUT", whole).statusCode()).isEqualTo(404);
        assertThat(proxy.route("POST", whole)).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEmpty();
        });
        assertThat(proxy.route("GET", named).body()).isEqualTo("default-tf-mnist-fl:50051\n");
        assertThat(proxy.route("PUT", whole).body()).isEqualTo("200\n");
        assertThat(proxy.route("PATCH", whole).statusCode()).isEqualTo(405);
        assertThat(proxy.route("DELETE", named).body()).isEqualTo("200\n");
        assertThat(proxy.route("GET", named).statusCode()).isEqualTo(404);
    }

    @Test
    void refusesHostileRoutes() throws Exception {
        String token = proxy.secret.hex();
        for (String address :
                new String[] {"evil", "a:0", "a:99999", "a b:1", "a:1;grpc_pass", "x".repeat(5000) + ":1"}) {
            assertThat(proxy.route("POST", "token", token, "module-id", JOB, "module-service", address)
                            .statusCode())
                    .as(address)
                    .isEqualTo(400);
        }
        for (String job : new String[] {"-a", "a/b", "a$b", "j".repeat(4000)}) {
            assertThat(proxy.route("POST", "token", token, "module-id", job, "module-service", "a:1")
                            .statusCode())
                    .as(job)
                    .isEqualTo(400);
        }
    }

    @Test
    void keepsToEachPortWhatBelongsThere() throws Exception {
        assertThat(proxy.health("/api/v1/health").body()).isEqualTo("OK");
        assertThat(proxy.health("/metrics").body()).contains("nsfl_proxy_nginx_up 1", "nsfl_proxy_routes 0");
        assertThat(proxy.health("/api/v1/internal/routers").statusCode()).isEqualTo(404);
        assertThat(proxy.health("/door").statusCode()).isEqualTo(404);
        assertThat(proxy.routePort("/door").statusCode()).isEqualTo(404);
        assertThat(proxy.routePort("/api/v1/health").statusCode()).isEqualTo(404);
    }

    @Test
    void carriesAStreamInBothDirectionsForAsLongAsItIsOpen() throws Exception {
        proxy.register(JOB, coordinator.address());
        Conversation conversation = conversation();
        for (int turn = 0; turn < 100; turn++) {
            assertThat(conversation.exchange()).isTrue();
        }
        // LongHaulIT waits for five minutes; here it is enough that no bound is shorter than an hour.
        assertThat(Files.readString(proxy.configuration))
                .contains(
                        "client_body_timeout 1h;",
                        "send_timeout 1h;",
                        "grpc_read_timeout 1h;",
                        "grpc_send_timeout 1h;",
                        "client_max_body_size 0;");
        assertThat(conversation.broken).isNotDone();
    }

    private Conversation conversation() {
        return new Conversation(
                Channels.open(proxy.address(), MetadataUtils.newAttachHeadersInterceptor(with(Headers.JOB, JOB))));
    }

    @Test
    void startsNginxAgainWhenItIsKilled() throws Exception {
        proxy.register(JOB, coordinator.address());
        Conversation conversation = conversation();
        assertThat(conversation.exchange()).isTrue();
        ProcessHandle killed = proxy.master();
        killed.destroyForcibly();

        assertThat(GrpcFaults.from(conversation.broken.get(60, TimeUnit.SECONDS))
                        .fault())
                .isEqualTo(Fault.UNAVAILABLE);
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(() -> describe(Headers.JOB, JOB));
        assertThat(proxy.master().pid()).isNotEqualTo(killed.pid());
        assertThat(proxy.health("/metrics").body()).contains("nsfl_proxy_nginx_restarts_total 1");
    }

    @Test
    void saysThatAStreamMayBeTriedAgainWhoseCoordinatorDies() throws Exception {
        proxy.register(JOB, coordinator.address());
        Conversation conversation = conversation();
        assertThat(conversation.exchange()).isTrue();
        coordinator.close();
        assertThat(GrpcFaults.from(conversation.broken.get(60, TimeUnit.SECONDS))
                        .fault())
                .isEqualTo(Fault.UNAVAILABLE);
    }

    @Test
    void takesAGoodNewConfigurationAndPassesOverABadOne() throws Exception {
        proxy.register(JOB, coordinator.address());
        Conversation conversation = conversation();
        assertThat(conversation.exchange()).isTrue();
        String good = Files.readString(proxy.configuration);

        Files.writeString(proxy.configuration, good + "\nnonsense;\n");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(proxy.health("/metrics").body()).contains("refused_configurations_total 1"));
        describe(Headers.JOB, JOB);

        Files.writeString(proxy.configuration, good + "\n# changed\n");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(proxy.health("/metrics").body()).contains("reloads_total 1"));
        describe(Headers.JOB, JOB);
        assertThat(conversation.exchange()).as("a stream that was open before").isTrue();
    }

    @Test
    void refusesToStartOnABrokenConfigurationInNginxsOwnWords() throws Exception {
        TestProxy broken = new TestProxy(
                directory.resolve("broken"), Map.of("LOG_LEVEL", "loudly"), "--nsfl.proxy.selector-address=selector:1");
        assertThatThrownBy(broken::start).hasStackTraceContaining("invalid log level \"loudly\"");
    }

    @Test
    void leavesNoProcessBehind() throws Exception {
        ProcessHandle master = proxy.master();
        proxy.close();
        assertThat(master.onExit().get(60, TimeUnit.SECONDS).isAlive()).isFalse();
        proxy.start();
        assertThat(proxy.health("/api/v1/health").body()).isEqualTo("OK");
        proxy.register(JOB, coordinator.address());
        describe(Headers.JOB, JOB);
    }

    @Test
    void carriesAClientsEvents() throws Exception {
        var stream = ClientServiceGrpc.newBlockingV2Stub(channel)
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .connect();
        assertThat(stream.read()).isNotNull();
        stream.write(ClientEvent.getDefaultInstance());
        assertThat(stream.read()).isNotNull();
    }
}
