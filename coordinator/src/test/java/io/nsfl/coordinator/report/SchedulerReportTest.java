package io.nsfl.coordinator.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.protocol.job.Heartbeat;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.RoundMetrics;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.servicekit.rest.PeerHttp;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.ScheduledTimers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SchedulerReportTest {
    private record Reply(int status, String body) {}

    private final BlockingQueue<Heartbeat> received = new LinkedBlockingQueue<>();
    private final ConcurrentLinkedQueue<Reply> replies = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<String> stopped = new CompletableFuture<>();
    private final CompletableFuture<String> superseded = new CompletableFuture<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledTimers timers = new ScheduledTimers("test-timers");
    private HttpServer server;
    private SchedulerReport report;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v1/heartbeat", this::answer);
        server.start();
        report = new SchedulerReport(
                PeerHttp.plain(),
                "127.0.0.1:" + server.getAddress().getPort(),
                InternalSecret.of("ab".repeat(32)),
                RunRef.newBuilder()
                        .setNamespace("ns")
                        .setJob("job")
                        .setRun("r")
                        .setEpoch(2)
                        .build(),
                () -> "127.0.0.1:1",
                Duration.ofHours(1),
                new Mailbox("report", threads, superseded::completeExceptionally),
                timers,
                stopped::complete,
                superseded::complete);
    }

    @AfterEach
    void close() {
        server.stop(0);
        timers.close();
        threads.shutdownNow();
    }

    @Test
    void sendsEventsAgainUntilTheyAreAcknowledged() throws Exception {
        replies.add(new Reply(503, "{}"));
        replies.add(new Reply(200, "{\"state\":\"SUCCEEDED\",\"events_through\":7}"));

        report.event(event(7));

        assertThat(next().events()).extracting(JobEvent::seq).containsExactly(7L);
        assertThat(next().events()).extracting(JobEvent::seq).containsExactly(7L);
        report.state(RunState.RUNNING, "");
        Heartbeat third = next();
        assertThat(third.events()).isNull();
        assertThat(third)
                .extracting(Heartbeat::id, Heartbeat::namespace, Heartbeat::run, Heartbeat::epoch)
                .containsExactly("job", "ns", "r", 2L);
    }

    @Test
    void deliversTheLastWordEvenIfItTakesSeveralTries() throws Exception {
        replies.add(new Reply(500, ""));

        report.state(RunState.FINISHED, "");

        report.lastDelivered().get(60, TimeUnit.SECONDS);
        assertThat(List.copyOf(received)).extracting(Heartbeat::state).contains("FINISHED");
    }

    @Test
    void passesAnOrderToStopOn() throws Exception {
        replies.add(new Reply(200, "{\"state\":\"SUCCEEDED\",\"order\":\"STOP\"}"));

        report.state(RunState.RUNNING, "");

        assertThat(stopped.get(60, TimeUnit.SECONDS)).contains("job-scheduler");
    }

    @Test
    void endsWhenAnotherRunOwnsTheJob() throws Exception {
        replies.add(new Reply(409, "{\"code\":\"STALE_RUN\"}"));

        report.state(RunState.RUNNING, "");

        assertThat(superseded.get(60, TimeUnit.SECONDS)).contains("another run");
    }

    @Test
    void sendsManyRoundsOneAfterTheOther() throws Exception {
        replies.add(new Reply(503, "{}"));
        replies.add(new Reply(200, "{\"state\":\"SUCCEEDED\",\"rounds_through\":200}"));
        replies.add(new Reply(200, "{\"state\":\"SUCCEEDED\",\"rounds_through\":250}"));
        for (int round = 1; round <= 250; round++) {
            report.round(settled(round));
        }
        report.state(RunState.FINISHED, "");

        report.lastDelivered().get(60, TimeUnit.SECONDS);

        List<Heartbeat> beats = List.copyOf(received);
        assertThat(beats)
                .allSatisfy(beat -> assertThat(beat.rounds()).hasSizeLessThanOrEqualTo(200))
                .last()
                .satisfies(beat -> {
                    assertThat(beat.state()).isEqualTo("FINISHED");
                    assertThat(beat.rounds()).extracting(RoundMetrics::round).contains(201, 250);
                });
    }

    @Test
    void sendsLongEventsInHeartbeatsThatTheSchedulerTakes() throws Exception {
        replies.add(new Reply(503, "{}"));
        for (int number = 1; number <= 400; number++) {
            report.event(new JobEvent(
                    number, "r", Instant.EPOCH, "TASK_FAILED", null, null, null, null, "\u0001".repeat(9_000)));
        }

        next();

        assertThat(next().events()).hasSizeBetween(1, 200);
    }

    private Heartbeat next() throws InterruptedException {
        Heartbeat beat = received.poll(60, TimeUnit.SECONDS);
        assertThat(beat).isNotNull();
        return beat;
    }

    private void answer(HttpExchange exchange) throws IOException {
        received.add(JobJson.read(exchange.getRequestBody().readAllBytes(), Heartbeat.class));
        Reply reply = replies.isEmpty() ? new Reply(200, "{\"state\":\"SUCCEEDED\"}") : replies.poll();
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static JobEvent event(long seq) {
        return new JobEvent(seq, "r", Instant.EPOCH, "WARNING", null, null, null, null, "careful");
    }

    private static RoundMetrics settled(int round) {
        return new RoundMetrics("r", round, 1, RoundMetrics.COMMITTED, 2, 2, 0, Map.of(), Map.of(), 1, Map.of());
    }
}
