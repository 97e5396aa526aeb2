package io.nsfl.standalone.platform;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/**
 * The one API address, which follows the ingress's rules: what users may ask goes to the job-scheduler, what is internal (heartbeats)
 * is not found here.
 */
final class ApiFront implements AutoCloseable {
    private static final Pattern OPEN = Pattern.compile("/api/v1/(health|namespaces/[^/]+/(jobs|clients)(/.*)?)");
    private static final int LARGEST_BODY = 16 << 20;

    /** Belong to one connection, or are the client's own business. */
    private static final Set<String> HOP = Set.of(
            "connection",
            "content-length",
            "host",
            "transfer-encoding",
            "upgrade",
            "expect",
            "http2-settings",
            "keep-alive",
            ":status");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final URI scheduler;

    private ApiFront(HttpServer server, URI scheduler) {
        this.server = server;
        this.scheduler = scheduler;
    }

    static ApiFront start(int port, String schedulerAddress) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        ApiFront front = new ApiFront(server, URI.create("http://" + schedulerAddress));
        server.setExecutor(front.threads);
        server.createContext("/", front::handle);
        server.start();
        return front;
    }

    String address() {
        return "127.0.0.1:" + port();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!OPEN.matcher(exchange.getRequestURI().getPath()).matches()) {
                refuse(
                        exchange,
                        404,
                        "There is nothing at " + exchange.getRequestURI().getPath());
                return;
            }
            byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
            if (body.length > LARGEST_BODY) {
                refuse(exchange, 413, "The request is larger than " + LARGEST_BODY + " bytes");
                return;
            }
            pass(exchange, body);
        }
    }

    private void pass(HttpExchange exchange, byte[] body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(scheduler.resolve(exchange.getRequestURI()))
                .method(
                        exchange.getRequestMethod(),
                        body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (passes(name)) {
                values.forEach(value -> request.header(name, value));
            }
        });
        HttpResponse<InputStream> answer;
        try {
            answer = client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (IOException e) {
            refuse(exchange, 503, "The job-scheduler does not answer; try again");
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        answer.headers().map().forEach((name, values) -> {
            if (passes(name)) {
                exchange.getResponseHeaders().put(name, List.copyOf(values));
            }
        });
        boolean empty = answer.headers().firstValueAsLong("content-length").orElse(-1) == 0;
        exchange.sendResponseHeaders(answer.statusCode(), empty ? -1 : 0);
        try (InputStream in = answer.body();
                OutputStream out = exchange.getResponseBody()) {
            byte[] buffer = new byte[8192];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
                // Events are read as they come.
                out.flush();
            }
        }
    }

    private static boolean passes(String header) {
        return !HOP.contains(header.toLowerCase(Locale.ROOT));
    }

    private static void refuse(HttpExchange exchange, int status, String reason) throws IOException {
        String quoted = reason.replace("\\", "\\\\").replace("\"", "\\\"");
        byte[] body = ("{\"state\":\"FAILED\",\"reason\":\"" + quoted + "\"}").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        client.shutdownNow();
    }
}
