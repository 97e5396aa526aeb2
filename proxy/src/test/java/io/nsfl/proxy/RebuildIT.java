package io.nsfl.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.nsfl.protocol.ids.Headers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A proxy that starts while jobs run. */
class RebuildIT {
    private static final String ANSWER =
            "{\"routes\":[{\"module_id\":\"default-mnist\",\"module_service\":\"127.0.0.1:7\"},"
                    + "{\"module_id\":\"../x\",\"module_service\":\"evil\"}],\"more\":1}";

    @TempDir
    Path directory;

    private final List<String> secrets = new CopyOnWriteArrayList<>();

    @Test
    void asksTheJobSchedulerForAllRoutesUntilItAnswers() throws Exception {
        int port = TestNginx.freePort();
        try (TestProxy proxy = new TestProxy(
                directory,
                Map.of(),
                "--nsfl.proxy.selector-address=selector:1",
                "--nsfl.proxy.job-scheduler-address=127.0.0.1:" + port)) {
            proxy.start();
            assertThat(route(proxy).statusCode()).isEqualTo(404);
            HttpServer scheduler = scheduler(port);
            try {
                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertThat(route(proxy).body()).isEqualTo("127.0.0.1:7\n"));
                assertThat(secrets).containsOnly(proxy.secret.hex());
                assertThat(proxy.health("/metrics").body()).contains("nsfl_proxy_routes 1\n");
            } finally {
                scheduler.stop(0);
            }
        }
    }

    private static HttpResponse<String> route(TestProxy proxy) throws Exception {
        return proxy.route("GET", "token", proxy.secret.hex(), "module-id", "default-mnist");
    }

    private HttpServer scheduler(int port) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/api/v1/internal/routes", exchange -> {
            try (exchange) {
                secrets.add(exchange.getRequestHeaders().getFirst(Headers.INTERNAL));
                byte[] body = ANSWER.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        return server;
    }
}
