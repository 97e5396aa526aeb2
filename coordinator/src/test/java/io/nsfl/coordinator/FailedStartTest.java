package io.nsfl.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.Heartbeat;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.servicekit.lifecycle.StartFailure;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.tls.TlsProperties;
import io.nsfl.servicekit.tls.TlsProperties.ClientAuth;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FailedStartTest {
    private static final TlsProperties NO_TLS = new TlsProperties("", ClientAuth.NONE, Duration.ofSeconds(10), "");
    private static final InternalSecret SECRET = InternalSecret.of("ab".repeat(32));

    @TempDir
    Path directory;

    private final BlockingQueue<Heartbeat> received = new LinkedBlockingQueue<>();
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v1/heartbeat", this::answer);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    @Test
    void tellsTheSchedulerThatAModelCannotBeRead() throws IOException {
        Files.writeString(directory.resolve("model.pth"), "no model at all");
        CoordinatorProperties properties = properties();

        assertThatThrownBy(() -> CoordinatorApplication.startOrTell(properties, Optional.of(SECRET)))
                .satisfies(failed -> {
                    String sentence = StartFailure.of(failed).sentences().getFirst();
                    assertThat(sentence).contains("model.pth");
                    assertThat(received)
                            .singleElement()
                            .extracting(
                                    Heartbeat::namespace,
                                    Heartbeat::id,
                                    Heartbeat::run,
                                    Heartbeat::epoch,
                                    Heartbeat::state,
                                    Heartbeat::reason)
                            .containsExactly("default", "job", "r-1", 3L, "FAILED", sentence);
                });
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"STALE_RUN", "STORAGE_UNAVAILABLE", "SELECTOR_UNAVAILABLE", "INTERNAL_ERROR"})
    void leavesToTheSchedulerWhatAnotherLaunchMayMend(Fault fault) throws IOException {
        FailedStart.tell(
                properties(),
                Optional.of(SECRET),
                NO_TLS,
                new FaultException(fault, "Not now."),
                Duration.ofSeconds(60));

        assertThat(received).isEmpty();
    }

    @Test
    void tellsThatTheJournalIsDamaged() throws IOException {
        FailedStart.tell(
                properties(),
                Optional.of(SECRET),
                NO_TLS,
                new IllegalStateException(new FaultException(Fault.JOURNAL_DAMAGED, "Record 2 is damaged.")),
                Duration.ofSeconds(60));

        assertThat(received).singleElement().extracting(Heartbeat::reason).isEqualTo("Record 2 is damaged.");
    }

    private CoordinatorProperties properties() throws IOException {
        Path config = Files.writeString(directory.resolve("coordinator.json"), """
                {"id": "job", "namespace": "default", "runtime": "pytorch", "output": "%s", "model_path": "%s",
                 "task_entry": "e", "run": "r-1", "epoch": 3}
                """.formatted(
                        directory.resolve("output"), directory.resolve("model.pth")));
        return CoordinatorSetup.read(
                List.of("--config_file", config.toString()),
                Map.of(
                        "JOB_SCHEDULER_ADDRESS",
                        "127.0.0.1:" + server.getAddress().getPort(),
                        "SELECTOR_ADDRESS",
                        "127.0.0.1:1",
                        "NSFL_BIND",
                        "127.0.0.1",
                        "NSFL_EPHEMERAL_PORT",
                        "true"),
                _ -> {});
    }

    private void answer(HttpExchange exchange) throws IOException {
        assertThat(exchange.getRequestHeaders().getFirst("nsfl-internal")).isEqualTo(SECRET.hex());
        received.add(JobJson.read(exchange.getRequestBody().readAllBytes(), Heartbeat.class));
        byte[] body = "{\"state\":\"SUCCEEDED\"}".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
