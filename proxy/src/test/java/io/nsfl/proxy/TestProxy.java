package io.nsfl.proxy;

import io.nsfl.proxy.surface.Surfaces;
import io.nsfl.servicekit.security.InternalSecret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** A proxy with a real nginx, in this process, that can be started again at the same port. */
public final class TestProxy implements AutoCloseable {
    final InternalSecret secret;
    final Path configuration;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int grpcPort = TestNginx.freePort();
    private final int doorPort = TestNginx.freePort();
    private final Path directory;
    private final List<String> arguments;
    private ConfigurableApplicationContext context;

    /** @param values of the configuration @param properties as {@code --name=value} */
    TestProxy(Path directory, Map<String, String> values, String... properties) throws IOException {
        String program = TestNginx.program();
        this.directory = Files.createDirectories(directory);
        this.configuration = directory.resolve("nginx.conf");
        Path secretFile = directory.resolve("secret");
        this.secret = InternalSecret.loadOrCreate(secretFile, new SecureRandom());
        Files.writeString(configuration, TestNginx.configuration(grpcPort, doorPort, values));
        arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--nsfl.proxy.bind=127.0.0.1",
                "--nsfl.proxy.route-port=0",
                "--nsfl.proxy.door-port=" + doorPort,
                "--nsfl.proxy.internal-secret-file=" + secretFile,
                "--nsfl.proxy.nginx=" + program,
                "--nsfl.proxy.configuration=" + configuration,
                "--nsfl.proxy.directory=" + directory.resolve("nginx"),
                "--nsfl.proxy.look-interval=200ms"));
        arguments.addAll(List.of(properties));
    }

    TestProxy start() {
        context = ProxyApplication.builder().run(arguments.toArray(String[]::new));
        return this;
    }

    @Override
    public void close() {
        if (context != null) {
            context.close();
        }
    }

    /** Where clients connect. */
    String address() {
        return "127.0.0.1:" + grpcPort;
    }

    /** The process that nginx's workers belong to. */
    ProcessHandle master() throws IOException {
        return ProcessHandle.of(Long.parseLong(
                        Files.readString(directory.resolve("nginx/nginx.pid")).strip()))
                .orElseThrow();
    }

    HttpResponse<String> health(String path) throws Exception {
        int port = ((ServletWebServerApplicationContext) context).getWebServer().getPort();
        return send(port, HttpRequest.newBuilder(), "GET", path);
    }

    /** @param headers names and values in turn */
    HttpResponse<String> route(String method, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder();
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(context.getBean(Surfaces.class).routePort(), request, method, "/api/v1/internal/routers");
    }

    void register(String job, String address) throws Exception {
        route("POST", "token", secret.hex(), "module-id", job, "module-service", address);
    }

    HttpResponse<String> routePort(String path) throws Exception {
        return send(context.getBean(Surfaces.class).routePort(), HttpRequest.newBuilder(), "GET", path);
    }

    private HttpResponse<String> send(int port, HttpRequest.Builder request, String method, String path)
            throws Exception {
        return http.send(
                request.uri(URI.create("http://127.0.0.1:" + port + path))
                        .method(
                                method,
                                method.equals("GET") || method.equals("DELETE")
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString("{}"))
                        .build(),
                BodyHandlers.ofString());
    }
}
