package io.nsfl.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.nsfl.ctl.command.Session;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private HttpServer server;
    private String out = "";
    private String err = "";

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            asked.add(request);
            String uri = exchange.getRequestURI().toString();
            String absent = "404 {\"state\":\"FAILED\",\"reason\":\"job not exist.\",\"code\":\"JOB_NOT_FOUND\"}";
            String answer = uri.contains("list-type=")
                    ? listing.apply(uri)
                    : answers.getOrDefault(request.replaceFirst("^GET /[?].*", "GET /"), absent);
            if (answer.startsWith("<", 4)) {
                exchange.getResponseHeaders().add("Content-Type", "application/xml");
            }
            byte[] body = answer.substring(4).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(Integer.parseInt(answer.substring(0, 3)), body.length);
            exchange.getResponseBody().write(body);
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
                .contains("Usage:")
                .contains("Try 'nsfl-ctl get job --help' for help.")
                .contains("Error: ")
                .contains("NAMESPACE");
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

    private static String job(String state) {
        return "{\"id\":\"m\",\"create_time\":\"2022-05-19 14:40:13\",\"status\":{\"state\":\"" + state
                + "\",\"reason\":null,\"progress\":50}}";
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
                new PrintStream(outBytes, true, StandardCharsets.UTF_8),
                () -> Instant.EPOCH);
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
