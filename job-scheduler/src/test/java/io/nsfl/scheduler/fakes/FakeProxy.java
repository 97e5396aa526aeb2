package io.nsfl.scheduler.fakes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A proxy's route API, which can be away. */
public final class FakeProxy implements AutoCloseable {
    /** Addresses by {@code <namespace>-<job>}. */
    public final Map<String, String> routes = new ConcurrentHashMap<>();

    private final String token;
    private HttpServer server;
    private int port;

    public FakeProxy(String token) throws IOException {
        this.token = token;
        start();
    }

    /** Starts again at the port that it had, and knows nothing. */
    public void start() throws IOException {
        routes.clear();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        port = server.getAddress().getPort();
        server.createContext("/api/v1/internal/routers", this::answer);
        server.start();
    }

    public void stop() {
        server.stop(0);
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(status(exchange), -1);
        }
    }

    private int status(HttpExchange exchange) {
        if (!token.equals(exchange.getRequestHeaders().getFirst("token"))) {
            return 401;
        }
        String job = exchange.getRequestHeaders().getFirst("module-id");
        return switch (exchange.getRequestMethod()) {
            case "POST" -> {
                routes.put(job, exchange.getRequestHeaders().getFirst("module-service"));
                yield 200;
            }
            case "DELETE" -> routes.remove(job) == null ? 404 : 200;
            default -> 405;
        };
    }

    @Override
    public void close() {
        stop();
    }
}
