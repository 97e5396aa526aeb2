package io.nsfl.systemtests.access;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.nsfl.modelmanager.ModelManagerApplication;
import io.nsfl.protocol.ids.Headers;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.scheduler.SchedulerApplication;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.memory.MemoryDocumentStore;
import io.nsfl.systemtests.crash.Await;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.gaul.s3proxy.AccessGrant;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import tools.jackson.databind.JsonNode;

/** The API's worked examples against the real services, with the logins of every mode. */
@Timeout(300)
final class WorkedExamplesE2E {
    private static final String SECRET = "ab".repeat(32);
    private static final String PASSWORD = "alice's own";
    private static final String NOBODY = "";
    /** Without what this build does not offer: secure algorithms and extenders. */
    private static final String JOB = """
            {"id":"tf-mnist-fl","runtime":"tensorflow","output":"/output","model_path":"fl-tf-mnist-fl/model/init_model.h5",
             "scripts":{"path":"fl-tf-mnist-fl/scripts","config_file":"tf_mnist.json"},"datasets":"tf_mnist","port":50051,
             "hyper_parameters":{"max_round_num":20,"client_num":2,"threshold_client_num":2,"evaluate_interval":5,"save_interval":5,"round_timeout":600},
             "resource":{"worker_num":1,"cpu":1.0,"gpu":0,"memory":1000},
             "optimizer":{"name":"fedprox","params":{"mu":0.1}},"parameters":{"--epochs":"1","-v":null}}""";

    private static final String MODEL =
            "{\"name\":\"mnist\",\"runtime\":\"tf\",\"description\":\"x\",\"file_name\":\"init.h5\"}";
    private static final String TASK =
            "{\"train\": {\"timeout\": 10, \"command\": \"python3\", \"entry\": \"train.py\"}}";
    private static final String HEARTBEAT =
            "{\"id\":\"tf-mnist-fl\",\"namespace\":\"default\",\"state\":\"RUNNING\",\"progress\":50}";

    @TempDir
    private Path root;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final ListAppender<ILoggingEvent> audit = new ListAppender<>();
    private Tokens tokens;
    private String storage;
    private String jobs;
    private String models;

    @BeforeEach
    void prepare() throws Exception {
        Path namespace = root.resolve("workspace/default");
        Files.createDirectories(namespace.resolve("fl-tf-mnist-fl/model"));
        Files.createDirectories(namespace.resolve("fl-tf-mnist-fl/scripts"));
        Files.writeString(namespace.resolve("fl-tf-mnist-fl/model/init_model.h5"), "weights");
        Files.writeString(namespace.resolve("fl-tf-mnist-fl/scripts/tf_mnist.json"), TASK);
        Files.writeString(namespace.resolve("fl-tf-mnist-fl/scripts/train.py"), "");
        Files.createDirectories(root.resolve("workspace/models"));
        Files.createDirectories(root.resolve("bobs/bobs-own"));
        Files.writeString(root.resolve("internal-secret"), SECRET);
        Files.setPosixFilePermissions(root.resolve("internal-secret"), PosixFilePermissions.fromString("rw-------"));
        tokens = Tokens.in(root);
    }

    @AfterEach
    void stop() throws Exception {
        auditLog().detachAppender(audit);
        while (!running.isEmpty()) {
            running.pop().close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "storage", "token"})
    void answersTheExamplesToWhoMayAndNobodyElse(String mode) throws Exception {
        start(mode);
        String alice = login(mode, "alice");

        assertThat(body(201, jobs, "POST", "", alice, JOB)).isEqualTo(Map.of("state", "SUCCEEDED"));
        JsonNode job = json(ask(jobs, "GET", "/tf-mnist-fl", alice, ""));
        assertThat(job.path("namespace").asString()).isEqualTo("default");
        assertThat(job.path("create_time").asString()).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
        assertThat(job.path("status").path("state").asString()).isNotEmpty();
        assertThat(json(ask(jobs, "GET", "", alice, "")).path("jobs").size()).isEqualTo(1);
        for (String refused : List.of(
                JOB,
                JOB.replace("tf-mnist-fl\",\"runtime", "Abc\",\"runtime"),
                JOB.replace("50051", "80"),
                "no json")) {
            assertThat(ask(jobs, "POST", "", alice, refused).statusCode()).isEqualTo(403);
        }
        JsonNode first = json(ask(models, "POST", "", alice, MODEL));
        assertThat(first.path("id").asString()).isEqualTo("default-mnist-V0");
        assertThat(first.path("state").asString()).isEqualTo("unready");
        assertThat(first.path("storage_info").toString()).isEqualTo("[\"models\",\"/default/mnist/V0/init.h5\"]");
        assertThat(json(ask(models, "POST", "", alice, MODEL)).path("id").asString())
                .isEqualTo("default-mnist-V1");
        assertThat(json(ask(models, "GET", "", alice, ""))
                        .path("models")
                        .path("mnist")
                        .size())
                .isEqualTo(2);
        String byId = models.replace("/namespaces/default/models", "/models?model_id=default-mnist-V1");
        assertThat(json(ask(byId, "GET", "", alice, "")).path("name").asString())
                .isEqualTo("mnist");

        refusesOthers(mode, byId);
        keepsInternalPathsInternal(alice);
        assertThat(ask(jobs, "DELETE", "/tf-mnist-fl", alice, "").statusCode()).isEqualTo(200);
        tellsOfEachChangeOnce(mode);
    }

    private void refusesOthers(String mode, String byId) throws Exception {
        if (mode.equals("off")) {
            return;
        }
        String wrong = mode.equals("token")
                ? new Tokens(Path.of("other"), new byte[32]).bearer("alice", "default", "admin")
                : basic("alice", "guessed");
        for (String url : List.of(jobs, models, byId)) {
            for (String login : List.of(NOBODY, wrong)) {
                HttpResponse<String> answer = ask(url, "GET", "", login, "");
                assertThat(answer.statusCode()).as(url + " as " + login).isEqualTo(401);
                assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
                assertThat(answer.body()).contains("\"reason\"").doesNotContain("guessed");
            }
            HttpResponse<String> stranger = ask(url, "GET", "", login(mode, "bob"), "");
            assertThat(stranger.statusCode()).as(stranger.body()).isEqualTo(403);
            assertThat(stranger.body()).contains("default");
        }
        assertThat(ask(jobs, "POST", "", NOBODY, JOB).statusCode()).isEqualTo(401);
    }

    private void keepsInternalPathsInternal(String login) throws Exception {
        String api = jobs.substring(0, jobs.indexOf("/namespaces"));
        for (String given : List.of(NOBODY, login)) {
            assertThat(ask(api + "/heartbeat", "PUT", "", given, HEARTBEAT).statusCode())
                    .isEqualTo(401);
            assertThat(ask(api + "/internal/routes", "GET", "", given, "").statusCode())
                    .isEqualTo(401);
        }
        HttpRequest.Builder trusted = HttpRequest.newBuilder(URI.create(api + "/heartbeat"))
                .header(Headers.INTERNAL, SECRET)
                .header("Content-Type", "application/json");
        assertThat(http.send(trusted.PUT(BodyPublishers.ofString(HEARTBEAT)).build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        assertThat(ask(api + "/health", "GET", "", NOBODY, "").body()).isEqualTo("\"OK\"");
    }

    private void tellsOfEachChangeOnce(String mode) throws Exception {
        // The line follows the answer.
        Await.until(
                "the deletion is written down",
                () -> List.copyOf(audit.list).stream()
                        .anyMatch(event -> event.getFormattedMessage().contains("DELETE")));
        List<JsonNode> lines = List.copyOf(audit.list).stream()
                .map(event ->
                        (JsonNode) JobJson.object(event.getFormattedMessage().getBytes()))
                .toList();
        assertThat(lines).allSatisfy(line -> {
            assertThat(Instant.parse(line.path("time").asString())).isBeforeOrEqualTo(Instant.now());
            assertThat(line.path("method").asString()).isNotEqualTo("GET");
        });
        String who = mode.equals("off") ? "anybody" : "alice";
        List<JsonNode> done = lines.stream()
                .filter(line -> line.path("result").asString().equals("done"))
                .toList();
        assertThat(done)
                .allSatisfy(line -> assertThat(line.path("who").asString()).isEqualTo(who))
                .extracting(line -> line.path("method").asString() + " "
                        + line.path("object").asString())
                .containsExactly("POST jobs", "POST models", "POST models", "DELETE jobs/tf-mnist-fl");
        assertThat(lines.stream().filter(line -> line.path("status").asInt() == 403))
                .hasSize(4);
        assertThat(lines.stream().filter(line -> line.path("status").asInt() == 401))
                .hasSize(mode.equals("off") ? 2 : 3);
    }

    private String login(String mode, String who) throws Exception {
        return switch (mode) {
            case "storage" -> basic(who, who.equals("alice") ? PASSWORD : "bob's own");
            case "token" -> tokens.bearer(who, who.equals("alice") ? "default" : "bobs-own", "admin");
            default -> NOBODY;
        };
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes());
    }

    private void start(String mode) throws Exception {
        startStorage();
        Map<String, Object> access = new HashMap<>();
        access.put("server.address", "127.0.0.1");
        access.put("server.port", 0);
        access.put("spring.main.banner-mode", "off");
        access.put("nsfl.auth.mode", mode);
        access.put("nsfl.auth.token.key-files", tokens.keyFile().toString());
        access.put("nsfl.auth.token.issuer", Tokens.ISSUER);
        Map<String, Object> scheduler = new HashMap<>(access);
        Path secret = root.resolve("internal-secret");
        scheduler.put("nsfl.scheduler.db-address", "127.0.0.1:1");
        scheduler.put("nsfl.scheduler.db-username", "nobody");
        scheduler.put("nsfl.scheduler.selector-address", "127.0.0.1:1");
        scheduler.put("nsfl.scheduler.workspace", root.resolve("workspace").toString());
        scheduler.put("nsfl.scheduler.state-directory", root.resolve("state").toString());
        scheduler.put("nsfl.scheduler.coordinator-command", "false");
        scheduler.put("nsfl.scheduler.internal-secret-file", secret.toString());
        scheduler.put("nsfl.storage-login.type", "s3");
        scheduler.put("nsfl.storage-login.endpoint", storage);
        jobs = "http://127.0.0.1:" + started(SchedulerApplication.builder(), scheduler)
                + "/api/v1/namespaces/default/jobs";
        Map<String, Object> manager = new HashMap<>(access);
        manager.put("nsfl.model-manager.db-type", "memory");
        manager.put("nsfl.model-manager.storage-type", "s3");
        manager.put("nsfl.model-manager.storage-endpoint", storage);
        manager.put("nsfl.model-manager.access-key", "alice");
        manager.put("nsfl.model-manager.secret-key", PASSWORD);
        manager.put("nsfl.model-manager.internal-secret-file", secret.toString());
        models = "http://127.0.0.1:" + started(ModelManagerApplication.builder(), manager)
                + "/api/v1/namespaces/default/models";
        audit.start();
        auditLog().addAppender(audit);
    }

    private void startStorage() throws Exception {
        FilesystemNio2BlobStore shared =
                new FilesystemNio2BlobStore(root.resolve("workspace").toString());
        FilesystemNio2BlobStore bobs =
                new FilesystemNio2BlobStore(root.resolve("bobs").toString());
        S3Proxy server = S3Proxy.builder()
                .blobStore(shared)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "alice", PASSWORD)
                .build();
        server.setBlobStoreLocator((user, bucket, key) -> switch (user) {
            case "alice" -> new AccessGrant(PASSWORD, shared);
            case "bob" -> new AccessGrant("bob's own", bobs);
            case null, default -> null;
        });
        server.start();
        running.push(server::stop);
        storage = "127.0.0.1:" + server.getPort();
    }

    private int started(SpringApplicationBuilder service, Map<String, Object> properties) {
        ConfigurableApplicationContext context = service.initializers(made -> {
                    made.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
                    ((GenericApplicationContext) made).registerBean(DocumentStore.class, MemoryDocumentStore::new);
                })
                .run();
        running.push(context);
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    private static Logger auditLog() {
        return (Logger) LoggerFactory.getLogger("audit");
    }

    private Map<?, ?> body(int status, String url, String method, String path, String login, String body)
            throws Exception {
        HttpResponse<String> answer = ask(url, method, path, login, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return JobJson.read(answer.body().getBytes(), Map.class);
    }

    private static JsonNode json(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 201);
        return JobJson.object(answer.body().getBytes());
    }

    private HttpResponse<String> ask(String url, String method, String path, String login, String body)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!login.isEmpty()) {
            request.header("Authorization", login);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }
}
