package io.nsfl.standalone.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Between services that say who they are and how many bytes came. */
class ApiFrontTest {
    private static final String CONTENT = "/api/v1/namespaces/default/models/mnist/versions/V0/content";
    private static final int LARGE = 24 << 20;

    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer scheduler;
    private HttpServer models;
    private ApiFront front;

    @BeforeEach
    void start() throws IOException {
        scheduler = service("scheduler");
        models = service("models");
        front = ApiFront.start(0, address(scheduler), address(models));
    }

    @AfterEach
    void stop() {
        front.close();
        scheduler.stop(0);
        models.stop(0);
    }

    @Test
    void asksTheServiceThatAPathBelongsTo() throws Exception {
        assertThat(get("/api/v1/health").body()).isEqualTo("scheduler 0");
        assertThat(get("/api/v1/namespaces/default/jobs/models").body()).isEqualTo("scheduler 0");
        assertThat(get("/api/v1/models?model_id=x").body()).isEqualTo("models 0");
        assertThat(get("/api/v1/namespaces/default/models").body()).isEqualTo("models 0");
        assertThat(get("/api/v1/namespaces/default/models/jobs").body()).isEqualTo("models 0");
        assertThat(get("/api/v1/heartbeat").statusCode()).isEqualTo(404);
    }

    @Test
    void letsTheBytesOfModelsPassWhateverTheirSize() throws Exception {
        assertThat(put(CONTENT).body()).isEqualTo("models " + LARGE);
        assertThat(put("/api/v1/namespaces/default/jobs/x").statusCode()).isEqualTo(413);
    }

    @Test
    void tellsTheLengthOfWhatIsAskedForByHead() throws Exception {
        HttpResponse<Void> answer = client.send(
                request(CONTENT).method("HEAD", BodyPublishers.noBody()).build(), BodyHandlers.discarding());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-length")).hasValue("8");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> put(String path) throws Exception {
        return client.send(
                request(path).PUT(BodyPublishers.ofByteArray(new byte[LARGE])).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + front.address() + path));
    }

    private static HttpServer service(String name) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            long count = 0;
            byte[] buffer = new byte[8192];
            try (InputStream in = exchange.getRequestBody()) {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    count += read;
                }
            }
            byte[] answer = (name + " " + count).getBytes(StandardCharsets.US_ASCII);
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", String.valueOf(answer.length));
                exchange.sendResponseHeaders(200, -1);
            } else {
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            }
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String address(HttpServer server) {
        return "127.0.0.1:" + server.getAddress().getPort();
    }
}
