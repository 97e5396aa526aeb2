package io.nsfl.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nsfl.protocol.ids.Headers;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.scheduler.fakes.FakeLauncher;
import io.nsfl.scheduler.fakes.FakeSelector;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.time.ManualTimers;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.memory.MemoryDocumentStore;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.WorkloadSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import tools.jackson.databind.node.ObjectNode;

/**
 * A job-scheduler with its REST on a real port, between a fake selector and a fake launcher, on a clock that stands still. The store and
 * the launcher outlive a restart.
 */
public final class SchedulerFixture implements AutoCloseable {
    private static final int WAIT_SECONDS = 60;
    public static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

    /** Of the present life of the service: timers do not outlive it. */
    public ManualTimers time = new ManualTimers(START);

    public final FakeLauncher launcher = new FakeLauncher();
    public final Path workspace;
    public final FakeSelector selector;
    private final InternalSecret secret = InternalSecret.of("ab".repeat(32));
    private final HttpClient http = HttpClient.newHttpClient();
    private final DocumentStore store;
    private final List<String> arguments;
    private ConfigurableApplicationContext context;

    public SchedulerFixture(Path workspace) {
        this(workspace, new MemoryDocumentStore(), List.of());
    }

    /** @param store null = the one of the properties */
    public SchedulerFixture(Path workspace, DocumentStore store, List<String> arguments) {
        this.workspace = workspace;
        this.store = store;
        this.arguments = arguments;
        this.selector = new FakeSelector(secret);
        upload("default", "model/init.zip", "not looked into");
        upload("default", "scripts/train.json", "{\"train\":{\"command\":\"java\",\"entry\":\"Train.java\"}}");
        start();
    }

    public void start() {
        time = new ManualTimers(time.instant());
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--server.shutdown=immediate",
                "--nsfl.scheduler.workspace=" + workspace,
                "--nsfl.scheduler.selector-address=" + selector.address(),
                "--nsfl.scheduler.coordinator-command=java,io.nsfl.coordinator.CoordinatorApplication"));
        if (store != null) {
            all.addAll(List.of("--nsfl.scheduler.db-address=127.0.0.1:1", "--nsfl.scheduler.db-username=unused"));
        }
        all.addAll(arguments);
        context = SchedulerApplication.builder().initializers(registering()).run(all.toArray(String[]::new));
    }

    private org.springframework.context.ApplicationContextInitializer<ConfigurableApplicationContext> registering() {
        return made -> {
            GenericApplicationContext beans = (GenericApplicationContext) made;
            beans.registerBean(ManualTimers.class, () -> time);
            beans.registerBean(WorkloadLauncher.class, () -> launcher, bean -> bean.setDestroyMethodName(""));
            beans.registerBean(InternalSecret.class, () -> secret);
            beans.registerBean(ZoneId.class, () -> ZoneOffset.UTC);
            if (store != null) {
                beans.registerBean(DocumentStore.class, () -> store, bean -> bean.setDestroyMethodName(""));
            }
        };
    }

    /** Ends the service as a whole; the store and the workloads stay. */
    public void shutDown() {
        context.close();
        launcher.close();
    }

    @Override
    public void close() {
        context.close();
        selector.close();
    }

    public void upload(String namespace, String file, String content) {
        try {
            Path path = workspace.resolve(namespace).resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, content);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    /** A job object that is accepted. */
    public static ObjectNode job(String id) {
        return (ObjectNode) JobJson.mapper().readTree("""
                        {"id":"%s","runtime":"dl4j","output":"/output","model_path":"model/init.zip",
                         "scripts":{"path":"scripts","config_file":"train.json"},"datasets":"mnist",
                         "hyper_parameters":{"max_round_num":3,"client_num":2,"threshold_client_num":1},"note":"kept"}""".formatted(id));
    }

    public Answer create(String id) {
        return send("POST", "/namespaces/default/jobs", job(id).toString());
    }

    public Answer send(String method, String path, String body) {
        return send(method, path, body, Map.of());
    }

    public Answer send(String method, String path, String body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(60))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(), response.body(), response.headers().map());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    public URI uri(String path) {
        int port = ((ServletWebServerApplicationContext) context).getWebServer().getPort();
        return URI.create("http://127.0.0.1:" + port + "/api/v1" + path);
    }

    public HttpClient http() {
        return http;
    }

    public record Answer(int status, String body, Map<String, List<String>> headers) {
        public ObjectNode json() {
            return (ObjectNode) JobJson.mapper().readTree(body);
        }

        public String reason() {
            return json().path("reason").asString("");
        }
    }

    public ObjectNode get(String id) {
        return send("GET", "/namespaces/default/jobs/" + id, null).json();
    }

    public String state(String id) {
        return get(id).path("status").path("state").asString("");
    }

    public String reason(String id) {
        return get(id).path("status").path("reason").asString("");
    }

    public void awaitState(String id, String state) {
        until(() -> state(id).equals(state), () -> id + " is " + get(id).path("status"));
    }

    public static void until(BooleanSupplier condition, java.util.function.Supplier<String> otherwise) {
        await().atMost(Duration.ofSeconds(WAIT_SECONDS))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(
                        () -> assertThat(condition.getAsBoolean()).as(otherwise).isTrue());
    }

    /** The latest launch of a job, once there are so many in all. */
    public WorkloadSpec awaitLaunch(int count) {
        until(
                () -> launcher.launches().size() >= count,
                () -> launcher.launches().size() + " launches");
        return launcher.launches().get(count - 1);
    }

    /** A heartbeat of the launch that a workload belongs to. */
    public Answer beat(WorkloadSpec launched, String state, int progress, Consumer<Map<String, Object>> more) {
        String[] revision = launched.revision().split("/");
        Map<String, Object> beat = new LinkedHashMap<>();
        beat.put("namespace", launched.labels().get("namespace"));
        beat.put("id", launched.labels().get("job"));
        beat.put("state", state);
        beat.put("progress", progress);
        beat.put("run", revision[0]);
        beat.put("epoch", Long.parseLong(revision[1]));
        more.accept(beat);
        return heartbeat(JobJson.text(beat));
    }

    public Answer beat(WorkloadSpec launched, String state, int progress) {
        return beat(launched, state, progress, nothing -> {});
    }

    public Answer heartbeat(String body) {
        return send("PUT", "/heartbeat", body, Map.of(Headers.INTERNAL, secret.hex()));
    }
}
