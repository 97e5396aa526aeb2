package io.nsfl.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.nsfl.ctl.command.Session;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user types and sees, against a server that answers as the API's description says. */
final class CtlApplicationTest {
    @TempDir
    Path directory;

    private final Map<String, String> answers = new HashMap<>();
    private UnaryOperator<String> listing = uri -> "404 ";
    private final List<String> asked = new ArrayList<>();
    private final List<String> authorizations = new ArrayList<>();
    private boolean full;
    private HttpServer server;
    private String out = "";
    private String err = "";

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            asked.add(request);
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            authorizations.add(authorization == null ? "" : authorization);
            exchange.getRequestBody().readAllBytes();
            String uri = exchange.getRequestURI().toString();
            String absent = "404 {\"state\":\"FAILED\",\"reason\":\"job not exist.\",\"code\":\""
                    + (uri.contains("/models") ? "MODEL_ABSENT" : "JOB_NOT_FOUND") + "\"}";
            String answer = uri.contains("list-type=")
                    ? listing.apply(uri)
                    : answers.getOrDefault(request.replaceFirst("^GET /[?].*", "GET /"), absent);
            if (answer.startsWith("<", 4)) {
                exchange.getResponseHeaders().add("Content-Type", "application/xml");
            }
            byte[] body = answer.substring(4).getBytes(StandardCharsets.UTF_8);
            boolean head = exchange.getRequestMethod().equals("HEAD");
            if (head) {
                exchange.getResponseHeaders().add("Content-Length", String.valueOf(body.length));
            }
            exchange.sendResponseHeaders(
                    Integer.parseInt(answer.substring(0, 3)), head || body.length == 0 ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void showsHelpWithoutArgumentsAndForEveryWord() {
        assertThat(run()).isZero();
        assertThat(out).contains("create").contains("delete").contains("stop").contains("update");
        assertThat(run("create", "job", "--help")).isZero();
        assertThat(out).contains("--workspace").contains("--follow");
        assertThat(run("create")).isZero();
        assertThat(out).contains("job");
    }

    @Test
    void showsTheVersion() {
        assertThat(run("-v")).isZero();
        assertThat(out).isEqualTo("Version 0.1.0\n");
    }

    @Test
    void explainsAMisusedCommandWithExitCode2() {
        assertThat(run("get", "job")).isEqualTo(2);
        assertThat(err)
                .startsWith("Usage: nsfl-ctl get job ")
                .contains("Try 'nsfl-ctl get job --help' for help.\n\nError: ")
                .contains("NAMESPACE")
                .doesNotContain("Take the id");
        assertThat(run("gett", "job")).isEqualTo(2);
        assertThat(err).endsWith("Error: No such command: gett. Did you mean get or set or delete?\n");
        assertThat(run("get", "job", "default", "--folow")).isEqualTo(2);
        assertThat(err).endsWith("Error: No such option: --folow. Did you mean --follow?\n");
        assertThat(run("get", "job", "default", "m", "n")).isEqualTo(2);
        assertThat(err).endsWith("Error: Got an argument too many: n\n");
        assertThat(run("create", "job", "default", "-w", "/does/not/exist")).isEqualTo(2);
        assertThat(err).contains("/does/not/exist").contains("does not exist");
        assertThat(run("create", "job", "default")).isEqualTo(2);
        assertThat(err).contains("-w DIR or -f FILE");
    }

    @Test
    void listsJobsAndShowsOne() {
        answers.put("GET /api/v1/namespaces/default/jobs", "200 {\"jobs\":[" + job("RUNNING") + "]}");
        answers.put("GET /api/v1/namespaces/default/jobs/m", "200 " + job("RUNNING"));
        assertThat(run("get", "jobs", "default")).isZero();
        assertThat(out).contains("m      RUNNING     50          2022-05-19 14:40:13");
        assertThat(run("get", "job", "default", "m", "-o", "json")).isZero();
        assertThat(out).contains("\"metrics\"").contains("\"id\"");
        assertThat(run("get", "job", "default", "m", "-o", "yaml")).isZero();
        assertThat(out)
                .startsWith("id: m\n")
                .contains("status:\n    state: RUNNING\n    reason: null\n    progress: 50\n");
    }

    @Test
    void failsWhereItsOutputCannotBeWritten() {
        answers.put("GET /api/v1/namespaces/default/jobs/m", "200 " + job("RUNNING"));
        answers.put(
                "GET /api/v1/namespaces/default/jobs/m/events?after=0",
                "200 {\"events\":[{\"seq\":0,\"time\":\"2026-01-01T00:00:00Z\",\"type\":\"WARNING\",\"message\":\"careful\"}]}");
        answers.put("GET /api/v1/namespaces/default/jobs/m/metrics", "200 {\"rounds\":[]}");
        full = true;

        assertThat(run("get", "job", "default", "m", "-o", "json")).isEqualTo(1);
        assertThat(err).contains("could not be written whole");
        assertThat(run("get", "job", "default", "m", "--follow"))
                .as("ends, though the job goes on")
                .isEqualTo(1);
    }

    @Test
    void showsNoCommandsOfOthersToTheTerminal() {
        answers.put(
                "GET /api/v1/namespaces/default/jobs/m/logs?lines=100",
                ("200 {'coordinator':['one|ttwo'],'tasks':[{'round':1,'client':'c','code':'SCRIPT_FAILED',"
                                + "'reason':'a|nb|u001b]0;mine|u0007|r|u009b2J'}]}")
                        .replace('\'', '"')
                        .replace('|', '\\'));

        assertThat(run("logs", "default", "m")).isZero();
        assertThat(out).isEqualTo("one\ttwo\nfailed task: round 1, client c, SCRIPT_FAILED: a\nb?]0;mine???2J\n");
    }

    @Test
    void tellsOfAServerThatMaySpeakTlsOnly() {
        answers.put("GET /api/v1/namespaces/default/jobs", "400 This combination of host and port requires TLS.");
        assertThat(run("get", "jobs", "default")).isEqualTo(1);
        assertThat(err).contains("answered 400: if it speaks TLS only, set its address as https://");
    }

    @Test
    void startsStopsAndDeletes() {
        answers.put("PUT /api/v1/namespaces/default/jobs/m:start", "200 {}");
        answers.put("PUT /api/v1/namespaces/default/jobs/m:stop", "200 {}");
        answers.put("DELETE /api/v1/namespaces/default/jobs/m", "200 {}");
        for (String verb : List.of("Start", "Stop", "Delete")) {
            assertThat(run(verb.toLowerCase(java.util.Locale.ROOT), "job", "default", "m"))
                    .isZero();
            assertThat(out).isEqualTo(verb + " job m success, you can use 'nsfl get job' to query job status.\n");
        }
        assertThat(asked)
                .containsExactly(
                        "PUT /api/v1/namespaces/default/jobs/m:start",
                        "PUT /api/v1/namespaces/default/jobs/m:stop",
                        "DELETE /api/v1/namespaces/default/jobs/m");
    }

    @Test
    void tellsTheServersReasonOnStderrWithExitCode1() {
        assertThat(run("get", "job", "default", "absent")).isEqualTo(1);
        assertThat(err)
                .isEqualTo("Error message: job not exist., the detail see " + directory.resolve("nsfl.log") + "\n");
        assertThat(run("stop", "job", "default")).isEqualTo(1);
        assertThat(err).contains("Must set job_id");
    }

    @Test
    void uploadsNothingForAJobThatExistsAlready() throws IOException {
        answers.put("GET /api/v1/namespaces/default/jobs/m", "200 " + job("FINISHED"));
        Files.createDirectories(directory.resolve("work/model"));
        Files.writeString(directory.resolve("work/model/a.h5"), "x");
        Files.writeString(directory.resolve("work/config.json"), "{\"id\": \"m\"}");

        assertThat(run(
                        "create",
                        "job",
                        "default",
                        "-w",
                        directory.resolve("work").toString()))
                .isEqualTo(1);

        assertThat(err).contains("exists already").contains("update job");
        assertThat(asked).containsExactly("GET /api/v1/namespaces/default/jobs/m");
    }

    @Test
    void hidesThePlatformsOwnDirectoriesUnlessTheyHoldJobs() {
        answers.put(
                "GET /",
                "200 <ListAllMyBucketsResult><Owner><ID>x</ID><DisplayName>x</DisplayName></Owner><Buckets>"
                        + bucket("coordinator_configs") + bucket("default")
                        + bucket("models") + bucket("proxy") + bucket("selector")
                        + "</Buckets></ListAllMyBucketsResult>");
        listing = uri -> "200 <ListBucketResult><Name>x</Name><IsTruncated>false</IsTruncated>"
                + (uri.startsWith("/models")
                        ? "<Contents><Key>fl-m/config.json</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
                                + "<ETag>x</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>"
                        : "")
                + "</ListBucketResult>";
        assertThat(typing("secret\nsecret\n", "set", "config", "-u", "me", "-p"))
                .isZero();

        assertThat(run("get", "namespace")).as(() -> err).isZero();

        assertThat(out).isEqualTo("user support namespaces: ['default', 'models']\n");
    }

    private static String bucket(String name) {
        return "<Bucket><Name>" + name + "</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate></Bucket>";
    }

    @Test
    void asksForThePasswordTwiceAndNeverShowsIt() {
        assertThat(typing("secret\nsecret\n", "set", "config", "-u", "me", "-p"))
                .isZero();
        assertThat(out)
                .contains("password: ")
                .contains("Repeat for confirmation: ")
                .endsWith("Set config ok.\n");
        assertThat(run("get", "config")).isZero();
        assertThat(out).contains("user: me\n").contains("password: ******\n").doesNotContain("secret");
        assertThat(typing("secret\nother\n", "set", "config", "-p")).isEqualTo(2);
        assertThat(err).contains("do not match");
    }

    @Test
    void followsAJobToItsEndAndSaysHowItEnded() {
        answers.put("GET /api/v1/namespaces/default/jobs/m", "200 " + job("FAILED"));
        answers.put(
                "GET /api/v1/namespaces/default/jobs/m/events?after=0",
                "200 {\"events\":[{\"seq\":1,\"time\":\"2026-01-01T00:00:00Z\",\"type\":\"WARNING\",\"message\":\"careful\"}]}");
        answers.put(
                "GET /api/v1/namespaces/default/jobs/m/metrics",
                "200 {\"rounds\":[{\"run\":\"r\",\"round\":1,\"attempt\":1,\"state\":\"COMMITTED\",\"selected\":2,\"included\":2,"
                        + "\"failed\":0,\"train\":{\"loss\":0.5},\"seconds\":1.0}]}");
        assertThat(run("get", "job", "default", "m", "--follow")).isEqualTo(1);
        assertThat(out)
                .contains("careful")
                .contains("round   1/10  clients 2/2  train loss 0.5000")
                .contains("job default/m: FAILED");
    }

    private static final String MODEL =
            "{\"namespace\":\"default\",\"name\":\"mnist\",\"runtime\":\"tf\",\"id\":\"default-mnist-V0\","
                    + "\"state\":\"ready\",\"version_info\":{\"version\":\"V0\",\"time\":\"2022-05-19 14:40:13\",\"description\":\"x\"},"
                    + "\"storage_info\":[\"models\",\"/default/mnist/V0/init.h5\"],\"model_path\":null,\"file_name\":\"init.h5\","
                    + "\"error_msg\":null}";

    @Test
    void listsModelsAndTheirVersions() {
        answers.put("GET /api/v1/namespaces/default/models", "200 {\"models\":{\"mnist\":[" + MODEL + "]}}");
        answers.put("GET /api/v1/namespaces/default/models/mnist", "200 {\"models\":{\"mnist\":[" + MODEL + "]}}");
        assertThat(run("get", "models", "default")).isZero();
        assertThat(out).isEqualTo("""
                --------------------------Model List--------------------------
                Namespace: default\s\s
                --------------------------------------------------------------
                No.         name           versions_num
                1           mnist          1
                """);
        assertThat(run("get", "model", "default", "mnist")).isZero();
        assertThat(out).isEqualTo("""
                --------------------------Model Info--------------------------
                namespace: default    name: mnist\s
                ---------------------------Versions---------------------------
                id                 version     runtime     state       create_time
                default-mnist-V0   V0          tf          ready       2022-05-19 14:40:13
                """);
        assertThat(run("get", "models", "empty")).isZero();
        assertThat(out).endsWith("-\nNo models\n");
    }

    @Test
    void waitsUntilARemoteModelIsCopied() {
        answers.put(
                "POST /api/v1/namespaces/default/models",
                "201 "
                        + MODEL.replace("ready", "unready")
                                .replace("\"model_path\":null", "\"model_path\":\"default:/init.h5\""));
        answers.put("GET /api/v1/models?model_id=default-mnist-V0", "200 " + MODEL);
        assertThat(run("create", "model", "default", "mnist", "-t", "tf", "-r", "default:/init.h5"))
                .isZero();
        assertThat(out).isEqualTo("create model success\n");
        answers.put(
                "GET /api/v1/models?model_id=default-mnist-V0",
                "200 "
                        + MODEL.replace("ready", "error")
                                .replace("\"error_msg\":null", "\"error_msg\":\"Not found src.\""));
        assertThat(run("create", "model", "default", "mnist", "-t", "tf", "-r", "default:/init.h5"))
                .isEqualTo(1);
        assertThat(err)
                .startsWith(
                        "Error message: Model default-mnist-V0 was not copied from default:/init.h5: Not found src., the detail");
    }

    @Test
    void showsOneVersionByNameOrById() {
        answers.put(
                "GET /api/v1/namespaces/default/models/mnist?version=V0",
                "200 {\"models\":{\"mnist\":[" + MODEL + "]}}");
        answers.put("GET /api/v1/models?model_id=default-mnist-V0", "200 " + MODEL);
        String details = """
                {
                    "namespace": "default",
                    "name": "mnist",
                    "runtime": "tf",
                    "id": "default-mnist-V0",
                    "state": "ready",
                    "version_info": {
                        "version": "V0",
                        "time": "2022-05-19 14:40:13",
                        "description": "x"
                    },
                    "model_path": null,
                    "error_msg": null
                }
                """;
        assertThat(run("get", "model", "default", "mnist", "V0")).isZero();
        assertThat(out).isEqualTo(details);
        assertThat(run("get", "model", "-id", "default-mnist-V0")).isZero();
        assertThat(out).isEqualTo(details);
        assertThat(run("get", "model", "default", "mnist", "V0", "-o", "yaml")).isZero();
        assertThat(out).startsWith("namespace: default\nname: mnist\n");
        assertThat(run("get", "model")).isEqualTo(2);
        assertThat(err).contains("NAMESPACE");
    }

    @Test
    void copiesAndDeletesModels() {
        answers.put("POST /api/v1/namespaces/default/models", "201 " + MODEL);
        answers.put("DELETE /api/v1/namespaces/default/models/mnist?version=V0", "200 {}");
        answers.put("DELETE /api/v1/models?model_id=default-mnist-V0", "200 {}");
        assertThat(run("create", "model", "default", "mnist", "-t", "TF", "-r", "default:/a/init.h5"))
                .isZero();
        assertThat(out).isEqualTo("create model success\n");
        assertThat(run("delete", "model", "default", "mnist", "V0")).isZero();
        assertThat(out).isEqualTo("delete model success\n");
        assertThat(run("delete", "model", "-id", "default-mnist-V0")).isZero();
        assertThat(run("create", "model", "default", "mnist", "-t", "tf")).isEqualTo(2);
        assertThat(err).contains("-l FILE or -r");
        assertThat(run("create", "model", "default", "mnist")).isEqualTo(2);
        assertThat(run("create", "model", "default", "mnist", "-t", "caffe", "-l", "x"))
                .isEqualTo(2);
        assertThat(err).contains("caffe");
    }

    @Test
    void uploadsAndDownloadsAModelThroughTheManagerWhereNoDataServerHasTheUser() throws IOException {
        answers.put("POST /api/v1/namespaces/default/models", "201 " + MODEL);
        answers.put("PUT /api/v1/namespaces/default/models/mnist/versions/V0/content", "200 " + MODEL);
        answers.put("GET /api/v1/models?model_id=default-mnist-V0", "200 " + MODEL);
        answers.put("HEAD /api/v1/namespaces/default/models/mnist/versions/V0/content", "404 ");
        Path file = Files.writeString(directory.resolve("init.h5"), "weights");
        assertThat(run("create", "model", "default", "mnist", "-t", "tf", "-l", file.toString()))
                .as(() -> err)
                .isZero();
        assertThat(out)
                .startsWith("start upload model\ninit.h5 ")
                .contains(" 100.00%")
                .endsWith("create model success\n");
        assertThat(asked).contains("PUT /api/v1/namespaces/default/models/mnist/versions/V0/content");

        answers.put("HEAD /api/v1/namespaces/default/models/mnist/versions/V0/content", "200 weights");
        answers.put("GET /api/v1/namespaces/default/models/mnist/versions/V0/content", "200 weights");
        Path here = directory.resolve("here");
        assertThat(run("download", "model", "-id", "default-mnist-V0", "-l", here.toString()))
                .as(() -> err)
                .isZero();
        assertThat(out)
                .startsWith("start download model\ninit.h5 ")
                .endsWith("download success, path: " + here.resolve("init.h5") + "\n");
        assertThat(here.resolve("init.h5")).hasContent("weights");
    }

    @Test
    void tellsAllAboutAJob() {
        answers.put(
                "GET /api/v1/namespaces/default/jobs/m",
                "200 {\"id\":\"m\",\"namespace\":\"default\",\"runtime\":\"tf\",\"status\":{\"state\":\"PENDING\",\"reason\":\"waits\","
                        + "\"progress\":0}}");
        answers.put("GET /api/v1/namespaces/default/jobs/m/metrics", "200 {\"rounds\":[]}");
        answers.put(
                "GET /api/v1/namespaces/default/jobs/m/events?after=0",
                "200 {\"events\":[{\"seq\":1,\"time\":\"2026-01-01T00:00:00Z\",\"type\":\"WARNING\",\"message\":\"careful\"}]}");
        answers.put("GET /api/v1/namespaces/default/jobs/m/events?after=1", "200 {\"events\":[]}");
        answers.put(
                "GET /api/v1/namespaces/default/jobs/m/selection",
                "200 {\"needed\":2,\"matching\":1,\"pending_reason\":\"one client more is needed\",\"clients\":["
                        + "{\"id\":\"c-1\",\"name\":\"one\",\"eligible\":false,\"reasons\":[\"lacks dataset x\"]}]}");
        assertThat(run("describe", "job", "default", "m")).as(() -> err).isZero();
        assertThat(out)
                .contains("job:         default/m\n")
                .contains("state:       PENDING\nreason:      waits\nprogress:    0%\n")
                .contains("pending:     one client more is needed\nclients: 1 suit, 2 needed\n")
                .contains("c-1")
                .contains("lacks dataset x")
                .contains("WARNING")
                .contains("careful");
    }

    @Test
    void showsLogsAndClients() {
        answers.put(
                "GET /api/v1/namespaces/default/jobs/m/logs?lines=5",
                "200 {\"coordinator\":[\"first\",\"second\"],\"tasks\":[{\"round\":1,\"client\":\"c-1\",\"code\":\"SCRIPT_FAILED\","
                        + "\"reason\":\"no module x\"}]}");
        assertThat(run("logs", "default", "m", "--lines", "5")).isZero();
        assertThat(out).isEqualTo("""
                first
                second
                failed task: round 1, client c-1, SCRIPT_FAILED: no module x
                """);
        String client =
                "{\"id\":\"c-1\",\"name\":\"one\",\"state\":\"idle\",\"runtimes\":[\"tensorflow\"],\"datasets\":{\"d\":5},"
                        + "\"tasks\":[],\"tasks_delivered\":3,\"tasks_leased\":4,\"last_seen\":\"2026-01-01T00:00:00Z\",\"privacy\":["
                        + "{\"dataset\":\"d\",\"epsilon\":3.21987,\"epsilon_budget\":8},{\"dataset\":\"e\",\"epsilon\":12}]}";
        answers.put("GET /api/v1/namespaces/default/clients", "200 {\"clients\":[" + client + "]}");
        answers.put("GET /api/v1/namespaces/default/clients/one", "200 " + client);
        assertThat(run("get", "client", "default")).isZero();
        assertThat(out).startsWith("id     name        state").contains("c-1    one         idle        tensorflow  d");
        assertThat(out).contains("3/4").contains("d:3.22/8,e:12");
        assertThat(run("get", "client", "default", "one", "-o", "yaml")).isZero();
        assertThat(out).startsWith("id: c-1\n").contains("tasks_delivered: 3\n");
    }

    @Test
    void printsACompletionScript() {
        assertThat(run("completion", "bash")).isZero();
        assertThat(out).contains("complete -F").contains("nsfl-ctl").contains("describe");
        assertThat(run("completion", "zsh")).isZero();
        assertThat(out).startsWith("autoload -U +X compinit && compinit\n");
        assertThat(run("completion", "fish")).isEqualTo(2);
    }

    @Test
    void saysWhoAsksWhereThatIsSet() {
        answers.put("GET /api/v1/namespaces/default/jobs", "200 {\"jobs\":[]}");
        assertThat(run("get", "jobs", "default")).isZero();
        assertThat(out).isEmpty();
        assertThat(typing("secret\nsecret\n", "set", "config", "-u", "me", "-p"))
                .isZero();
        assertThat(run("get", "jobs", "default")).isZero();
        assertThat(typing("a.b.c\n", "set", "config", "--token")).isZero();
        assertThat(run("get", "jobs", "default")).isZero();
        assertThat(authorizations).containsExactly("", "Basic bWU6c2VjcmV0", "Bearer a.b.c");
        assertThat(run("get", "config")).isZero();
        assertThat(out).endsWith("user: me\npassword: ******\ntoken: ******\n");
    }

    @Test
    void saysWhatToDoWhereTheServerDoesNotKnowWhoAsks() {
        answers.put("GET /api/v1/namespaces/default/jobs", "401 {\"state\":\"FAILED\",\"reason\":\"Who are you?\"}");
        assertThat(run("get", "jobs", "default")).isEqualTo(1);
        assertThat(err).startsWith("Error message: Who are you?").contains("set config -u USER -p");
    }

    @Test
    void checksBothServers() {
        answers.put("GET /api/v1/health", "200 \"OK\"");
        answers.put(
                "GET /",
                "200 <ListAllMyBucketsResult><Owner><ID>x</ID><DisplayName>x</DisplayName></Owner><Buckets>"
                        + "</Buckets></ListAllMyBucketsResult>");
        assertThat(run("health")).isEqualTo(1);
        assertThat(out).isEqualTo("api server ok.\n\n");
        assertThat(err).contains("user is not set").contains("set config -u USER");
        assertThat(typing("secret\nsecret\n", "set", "config", "-u", "me", "-p"))
                .isZero();
        assertThat(run("health")).isZero();
        assertThat(out).isEqualTo("api server ok.\n\ndata server ok.\n");
    }

    private static String job(String state) {
        return "{\"id\":\"m\",\"create_time\":\"2022-05-19 14:40:13\",\"status\":{\"state\":\"" + state
                + "\",\"reason\":null,\"progress\":50}}";
    }

    /** A disk without room, or a pipe without a reader. */
    private static final class Full extends OutputStream {
        @Override
        public void write(int one) throws IOException {
            throw new IOException("No space left on device");
        }
    }

    private int run(String... arguments) {
        return typing("", arguments);
    }

    private int typing(String typed, String... arguments) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        Session session = new Session(
                Map.of(
                        "NSFL_API_SERVER",
                        "127.0.0.1:" + server.getAddress().getPort(),
                        "NSFL_DATA_SERVER",
                        "127.0.0.1:" + server.getAddress().getPort(),
                        "NSFL_CONFIG",
                        directory.resolve("nsfl.json").toString()),
                directory,
                new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(full ? new Full() : outBytes, true, StandardCharsets.UTF_8),
                () -> Instant.EPOCH,
                SecureRandom::new);
        int code = CtlApplication.run(
                arguments,
                session,
                new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                new CtlLog(directory.resolve("nsfl.log"), () -> Instant.EPOCH));
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        return code;
    }
}
