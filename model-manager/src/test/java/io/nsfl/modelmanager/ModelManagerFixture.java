package io.nsfl.modelmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nsfl.protocol.job.JobJson;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.time.ManualTimers;
import io.nsfl.storage.blob.BlobStore;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.memory.MemoryDocumentStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import tools.jackson.databind.node.ObjectNode;

/** A model-manager with its REST on a real port and files below a directory, on a clock that stands still. The stores outlive a restart. */
final class ModelManagerFixture implements AutoCloseable {
    static final Instant START = Instant.parse("2022-05-19T14:40:13Z");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path workspace;
    private final DocumentStore documents;
    private final BlobStore blobs;
    private final List<String> arguments;
    private ManualTimers time = new ManualTimers(START);
    private ConfigurableApplicationContext context;

    ModelManagerFixture(Path workspace) {
        this(workspace, new MemoryDocumentStore(), null, List.of());
    }

    /** @param documents null = of the arguments @param blobs null = of the arguments, or files below the workspace */
    ModelManagerFixture(Path workspace, DocumentStore documents, BlobStore blobs, List<String> arguments) {
        this.workspace = workspace;
        this.documents = documents;
        this.blobs = blobs;
        this.arguments = arguments;
        start();
    }

    void start() {
        time = new ManualTimers(time.instant());
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--server.shutdown=immediate",
                "--nsfl.model-manager.workspace=" + workspace));
        if (documents != null) {
            all.add("--nsfl.model-manager.db-type=memory");
        }
        all.addAll(arguments);
        context = ModelManagerApplication.builder()
                .initializers(made -> {
                    GenericApplicationContext beans = (GenericApplicationContext) made;
                    beans.registerBean(ManualTimers.class, () -> time);
                    beans.registerBean(ZoneId.class, () -> ZoneOffset.UTC);
                    beans.registerBean(InternalSecret.class, () -> InternalSecret.of("ab".repeat(32)));
                    if (documents != null) {
                        beans.registerBean(DocumentStore.class, () -> documents, bean -> bean.setDestroyMethodName(""));
                    }
                    if (blobs != null) {
                        beans.registerBean(BlobStore.class, () -> blobs, bean -> bean.setDestroyMethodName(""));
                    }
                })
                .run(all.toArray(String[]::new));
    }

    /** Ends the service; what it stored stays. */
    void shutDown() {
        context.close();
    }

    @Override
    public void close() {
        context.close();
    }

    ManualTimers time() {
        return time;
    }

    void restart() {
        shutDown();
        start();
    }

    void put(String path, String content) {
        try {
            Path file = workspace.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    Path file(String path) {
        return workspace.resolve(path);
    }

    record Answer(int status, byte[] bytes, Map<String, List<String>> headers) {
        String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        ObjectNode json() {
            return (ObjectNode) JobJson.mapper().readTree(bytes);
        }

        String text(String field) {
            return json().path(field).asString("");
        }

        String header(String name) {
            return headers.getOrDefault(name, List.of("")).getFirst();
        }
    }

    Answer send(String method, String path, String body) {
        return send(method, path, body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    Answer send(String method, String path, byte[] body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(60))
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        try {
            HttpResponse<byte[]> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(
                    answer.statusCode(), answer.body(), answer.headers().map());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    int port() {
        return ((ServletWebServerApplicationContext) context).getWebServer().getPort();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + "/api/v1" + path);
    }

    /** An upload that is waited for. */
    ObjectNode create(String name) {
        Answer created = send(
                "POST",
                "/namespaces/default/models",
                "{\"name\":\"%s\",\"runtime\":\"tf\",\"file_name\":\"init.h5\"}".formatted(name));
        assertThat(created.status()).isEqualTo(201);
        return created.json();
    }

    Answer byId(String id) {
        return send("GET", "/models?model_id=" + id, null);
    }

    String state(String id) {
        return byId(id).text("state");
    }

    void awaitState(String id, String state) {
        until(() -> state(id).equals(state), () -> byId(id).body());
    }

    static void until(BooleanSupplier condition, Supplier<String> otherwise) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(
                        () -> assertThat(condition.getAsBoolean()).as(otherwise).isTrue());
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of()
                    .formatHex(
                            java.security.MessageDigest.getInstance("SHA-256").digest(content));
        } catch (java.security.NoSuchAlgorithmException absent) {
            throw new IllegalStateException(absent);
        }
    }
}
