package io.nsfl.systemtests.access;

import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.servicekit.rest.PeerHttp;
import io.nsfl.servicekit.tls.TestAuthority;
import io.nsfl.servicekit.tls.TlsFiles;
import io.nsfl.servicekit.tls.TransportSecurity;
import io.nsfl.standalone.client.LocalClient;
import io.nsfl.standalone.home.Java;
import io.nsfl.standalone.home.NsflHome;
import io.nsfl.systemtests.crash.Await;
import io.nsfl.systemtests.crash.Program;
import io.nsfl.systemtests.crash.Separate;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A platform of real processes where every port speaks TLS, callers show certificates, users tokens and clients enrolment tokens. */
final class SecuredSite implements AutoCloseable {
    static final String NAMESPACE = "default";

    private static final String ENROLMENT_TOKEN = "let-me-in-3f7a";
    private static final String PYTHON = """
            #!/bin/sh
            PYTHONPATH="%s${PYTHONPATH:+:$PYTHONPATH}" exec python3 "$@"
            """;

    private final NsflHome home;
    private final TestAuthority authority;
    private final Path servers;
    private final Tokens tokens;
    private final int selectorPort = Separate.freePort();
    private final int schedulerPort = Separate.freePort();
    private final int modelsPort = Separate.freePort();
    private final List<Program> programs = new ArrayList<>();
    private final Map<String, Integer> clients = new HashMap<>();
    private final PeerHttp http;
    private EmbeddedPostgres database;

    private SecuredSite(Path root) throws IOException {
        Files.createDirectories(root.resolve("home"));
        home = new NsflHome(root.resolve("home"), Path.of("..").toAbsolutePath().normalize());
        authority = new TestAuthority(root.resolve("authority"));
        servers = authority.issue(root.resolve("servers"), "CN=nsfl", "ip:127.0.0.1");
        tokens = Tokens.in(root);
        Path operator = authority.issue(root.resolve("operator"), "CN=operator", "dns:operator");
        http = PeerHttp.open(TransportSecurity.tls(TlsFiles.of(operator), ""));
    }

    static SecuredSite start(Path root) throws Exception {
        SecuredSite site = new SecuredSite(root);
        try {
            site.startServers();
            return site;
        } catch (Exception | Error failed) {
            site.close();
            throw failed;
        }
    }

    private void startServers() throws Exception {
        Files.createDirectories(home.workspace().resolve(NAMESPACE));
        makePython();
        database = EmbeddedPostgres.builder()
                .setDataDirectory(home.database().resolve("data"))
                .setOverrideWorkingDirectory(home.database().resolve("programs").toFile())
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setPGStartupWait(Duration.ofSeconds(60))
                .start();
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(ENROLMENT_TOKEN.getBytes()));
        Path enrolment =
                Files.writeString(home.secrets().resolve("enrolment-tokens"), digest + " 10 2100-01-01T00:00:00Z\n");
        Program scheduler = service(
                "job-scheduler",
                "io.nsfl.scheduler.SchedulerApplication",
                Map.of(
                        "HTTP_PORT", Integer.toString(schedulerPort),
                        "SELECTOR_ADDRESS", door(),
                        "JOB_SCHEDULER_ADDRESS", "127.0.0.1:" + schedulerPort,
                        "MODEL_MANAGER_ADDRESS", "127.0.0.1:" + modelsPort,
                        "TEMP_DIR", "coordinator_configs",
                        "COORDINATOR_COMMAND",
                                String.join(
                                        ",",
                                        Java.command(
                                                home,
                                                "coordinator",
                                                List.of(),
                                                "io.nsfl.coordinator.CoordinatorApplication")),
                        "NSFL_STATE_DIR", home.coordinators().toString()));
        awaitHealth(scheduler, schedulerPort);
        service(
                "client-selector",
                "io.nsfl.selector.SelectorApplication",
                Map.of("NSFL_SELECTOR_ENROLMENT", "token", "NSFL_SELECTOR_ENROLMENTTOKENSFILE", enrolment.toString()),
                "--host=127.0.0.1",
                "--port=" + selectorPort);
        Program models = service(
                "model-manager",
                "io.nsfl.modelmanager.ModelManagerApplication",
                Map.of("PORT", Integer.toString(modelsPort), "STORAGE_TYPE", "posix"));
        awaitHealth(models, modelsPort);
    }

    private Program service(String module, String main, Map<String, String> own, String... arguments)
            throws IOException {
        Map<String, String> environment = new HashMap<>(own);
        environment.putAll(Map.of(
                "DB_TYPE", "postgreSQL",
                "DB_ADDRESS", "127.0.0.1:" + database.getPort(),
                "DB_USERNAME", "postgres",
                "DB_PASSWORD", "postgres",
                "DB_NAME", "postgres",
                "NSFL_BIND", "127.0.0.1",
                "WORKSPACE", home.workspace().toString(),
                "NSFL_INTERNAL_SECRET_FILE", home.internalSecret().toString()));
        environment.put("NSFL_TLS_DIRECTORY", servers.toString());
        environment.put("NSFL_TLS_CLIENTAUTH", "need");
        environment.put("NSFL_AUTH_MODE", "token");
        environment.put("NSFL_AUTH_TOKEN_KEYFILES", tokens.keyFile().toString());
        environment.put("NSFL_AUTH_TOKEN_ISSUER", Tokens.ISSUER);
        Program program =
                new Program(module, Java.command(home, module, Java.SMALL, main, arguments), environment, home.run());
        program.start();
        programs.add(program);
        return program;
    }

    private void awaitHealth(Program program, int port) throws Exception {
        Await.until(
                program.name() + " answers",
                Await.LONG,
                () -> {
                    if (!program.alive()) {
                        throw new AssertionError(program.name() + " did not start: " + log(program));
                    }
                    try {
                        return http.client()
                                        .send(
                                                HttpRequest.newBuilder(http.uri("127.0.0.1:" + port, "/api/v1/health"))
                                                        .build(),
                                                BodyHandlers.discarding())
                                        .statusCode()
                                == 200;
                    } catch (IOException notYet) {
                        return false;
                    }
                },
                () -> log(program));
    }

    private void makePython() throws IOException {
        Path stub = Files.createDirectories(home.root().resolve("python/stub/torch"));
        Files.writeString(stub.resolve("__init__.py"), "");
        Path python = home.python(Runtime.PYTORCH.canonicalName());
        Files.createDirectories(python.getParent());
        Files.writeString(python, PYTHON.formatted(stub.getParent()));
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Starts a client that trusts the authority, shows a certificate of it and brings an enrolment token. @param more its own keys */
    Program client(String name, ObjectNode more) throws IOException {
        Path own = authority.issue(home.client(name).resolve("tls"), "CN=" + name, "dns:" + name);
        Path token = Files.writeString(home.client(name).resolve("enrolment-token"), ENROLMENT_TOKEN + "\n");
        ObjectNode setup = JobJson.newObject();
        setup.put("ssl", own.toString()).put("enrolment_token_file", token.toString());
        more.properties().forEach(key -> setup.set(key.getKey(), key.getValue()));
        return start(name, setup);
    }

    /** The same with nothing to show. @param setup its own keys; what is null there is left out */
    Program start(String name, ObjectNode setup) throws IOException {
        int index = clients.computeIfAbsent(name, _ -> clients.size());
        LocalClient client = new LocalClient(home, name, index, 8, Set.of(Runtime.PYTORCH)).prepare(Map.of(), door());
        Path file = home.client(name).resolve("setup.json");
        ObjectNode whole = JobJson.object(Files.readAllBytes(file));
        setup.properties().forEach(key -> {
            if (key.getValue().isNull()) {
                whole.remove(key.getKey());
            } else {
                whole.set(key.getKey(), key.getValue());
            }
        });
        Files.writeString(file, JobJson.pretty(whole));
        Program program = new Program(name, client.workload().command(), Map.of(), home.client(name));
        program.start();
        programs.add(program);
        return program;
    }

    /** A certificate that another authority made, in a directory that trusts ours. */
    Path strangersCertificate() throws IOException {
        Path made = Files.createTempDirectory(home.root(), "stranger");
        Path directory =
                new TestAuthority(made.resolve("authority")).issue(made.resolve("tls"), "CN=stranger", "dns:stranger");
        Files.copy(servers.resolve("ca.crt"), directory.resolve("ca.crt"), StandardCopyOption.REPLACE_EXISTING);
        return directory;
    }

    static String log(Program program) {
        try {
            return Files.readString(program.log());
        } catch (IOException none) {
            return "";
        }
    }

    String door() {
        return "127.0.0.1:" + selectorPort;
    }

    Path servers() {
        return servers;
    }

    String api() {
        return "127.0.0.1:" + schedulerPort;
    }

    /** As a user of the namespace. @param body empty = none */
    HttpResponse<String> ask(String method, String path, String body) throws Exception {
        return ask(http, method, path, body, tokens.bearer("alice", NAMESPACE, "user"));
    }

    HttpResponse<String> ask(PeerHttp by, String method, String path, String body, String login) throws Exception {
        return by.client()
                .send(
                        HttpRequest.newBuilder(by.uri(api(), "/api/v1/namespaces/" + NAMESPACE + path))
                                .timeout(Duration.ofSeconds(20))
                                .header("Content-Type", "application/json")
                                .header("Authorization", login)
                                .method(
                                        method,
                                        body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
    }

    JsonNode see(String path) throws Exception {
        HttpResponse<String> answer = ask("GET", path, "");
        if (answer.statusCode() != 200) {
            throw new AssertionError(path + ": " + answer.body());
        }
        return JobJson.object(answer.body().getBytes());
    }

    /** A job of quick scripts for these clients. @return the answer's status and body */
    HttpResponse<String> create(String id, String clients) throws Exception {
        Path namespace = home.workspace().resolve(NAMESPACE);
        Path scripts = Files.createDirectories(namespace.resolve("quick/scripts"));
        for (String file : List.of("train.py", "evaluate.py", "task.json")) {
            try (InputStream in = SecuredSite.class.getResourceAsStream("/crash/" + file)) {
                Files.write(scripts.resolve(file), in.readAllBytes());
            }
        }
        Files.write(
                namespace.resolve("quick/init_model.pth"),
                Files.readAllBytes(home.sources().resolve("examples/mnist/pytorch/model/init_model.pth")));
        ObjectNode job = job(id, clients);
        job.put("model_path", "/quick/init_model.pth");
        return ask("POST", "/jobs", JobJson.text(job));
    }

    static ObjectNode job(String id, String clients) {
        ObjectNode job = JobJson.newObject();
        job.put("id", id)
                .put("description", "")
                .put("runtime", "pytorch")
                .put("output", "/output")
                .put("clients", clients);
        job.putObject("scripts").put("path", "/quick/scripts").put("config_file", "task.json");
        job.putObject("hyper_parameters")
                .put("max_round_num", 2)
                .put("client_num", 1)
                .put("threshold_client_num", 1)
                .put("evaluate_interval", 2)
                .put("save_interval", 2)
                .put("round_timeout", 120)
                .put("seed", 3);
        return job;
    }

    /** What happened to a job, for tests and for whoever reads of a failure. */
    String story(String id) {
        try {
            return see("/jobs/" + id).path("status") + "\n" + see("/jobs/" + id + "/events");
        } catch (Exception unknown) {
            return unknown.toString();
        }
    }

    @Override
    public void close() throws IOException {
        String root = home.root().toString() + "/";
        programs.stream().filter(Program::alive).forEach(Program::kill);
        ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> words(process).contains(root))
                .forEach(process -> {
                    process.destroyForcibly();
                    process.onExit().join();
                });
        http.close();
        if (database != null) {
            database.close();
        }
    }

    private static String words(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
        } catch (IOException gone) {
            return "";
        }
    }
}
