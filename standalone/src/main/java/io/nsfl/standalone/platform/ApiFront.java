package io.nsfl.standalone.platform;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.servicekit.fault.FaultBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/**
 * The one API address, which follows the ingress's rules: what users may ask goes to the job-scheduler or, if it is about models, to the
 * model-manager; what is internal (heartbeats) is not found here. The bytes of models pass through in both directions and are never held.
 */
final class ApiFront implements AutoCloseable {
    private static final Pattern OPEN = Pattern.compile(
            "/api/v1/(health|openapi\\.(yaml|json)|docs(/[^/]*)?|namespaces/[^/]+/(jobs|clients)(/.*)?)");
    private static final Pattern MODELS = Pattern.compile("/api/v1/(models|namespaces/[^/]+/models(/.*)?)");
    private static final Pattern CONTENT = Pattern.compile("/api/v1/namespaces/[^/]+/models/.*/content");
    private static final int LARGEST_BODY = 16 << 20;
    private static final int REST_OF_A_BODY = 4 * LARGEST_BODY;

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
    private final URI modelManager;

    private ApiFront(HttpServer server, URI scheduler, URI modelManager) {
        this.server = server;
        this.scheduler = scheduler;
        this.modelManager = modelManager;
    }

    static ApiFront start(int port, String schedulerAddress, String modelManagerAddress) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        ApiFront front = new ApiFront(
                server, URI.create("http://" + schedulerAddress), URI.create("http://" + modelManagerAddress));
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
            String path = exchange.getRequestURI().getPath();
            boolean models = MODELS.matcher(path).matches();
            if (!models && !OPEN.matcher(path).matches()) {
                refuse(exchange, Fault.PATH_UNKNOWN, "There is nothing at this path.");
                return;
            }
            if (CONTENT.matcher(path).matches()) {
                pass(exchange, modelManager, streamed(exchange));
                return;
            }
            byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
            if (body.length > LARGEST_BODY) {
                // Whoever is still sending may never see an answer: the connection would be reset under it.
                exchange.getRequestBody().skip(REST_OF_A_BODY);
                refuse(exchange, Fault.REQUEST_TOO_LARGE, "The request is larger than " + LARGEST_BODY + " bytes.");
                return;
            }
            pass(
                    exchange,
                    models ? modelManager : scheduler,
                    body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        }
    }

    /** Passed on as it comes, at the pace of whoever reads it. */
    private static BodyPublisher streamed(HttpExchange exchange) {
        BodyPublisher unknown = BodyPublishers.ofInputStream(exchange::getRequestBody);
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        if (length != null) {
            return length.equals("0")
                    ? BodyPublishers.noBody()
                    : BodyPublishers.fromPublisher(unknown, Long.parseLong(length));
        }
        return exchange.getRequestHeaders().containsKey("Transfer-Encoding") ? unknown : BodyPublishers.noBody();
    }

    private void pass(HttpExchange exchange, URI service, BodyPublisher body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(service.resolve(exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), body);
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (passes(name)) {
                values.forEach(value -> request.header(name, value));
            }
        });
        HttpResponse<InputStream> answer;
        try {
            answer = client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (IOException e) {
            refuse(exchange, Fault.UNAVAILABLE, "The service does not answer: try again.");
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
        long length = answer.headers().firstValueAsLong("content-length").orElse(0);
        boolean bodyless = exchange.getRequestMethod().equals("HEAD")
                || answer.statusCode() == 304
                || answer.headers().firstValueAsLong("content-length").orElse(-1) == 0;
        if (bodyless) {
            if (length > 0) {
                exchange.getResponseHeaders().set("Content-Length", Long.toString(length));
            }
            exchange.sendResponseHeaders(answer.statusCode(), -1);
            answer.body().close();
            return;
        }
        exchange.sendResponseHeaders(answer.statusCode(), length);
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

    private static void refuse(HttpExchange exchange, Fault fault, String reason) throws IOException {
        byte[] body = JobJson.bytes(FaultBody.of(new FaultException(fault, reason)));
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(fault.httpStatus(), body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        client.shutdownNow();
    }
}
