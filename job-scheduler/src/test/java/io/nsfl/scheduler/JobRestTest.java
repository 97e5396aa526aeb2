package io.nsfl.scheduler;

import static io.nsfl.scheduler.SchedulerFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.scheduler.SchedulerFixture.Answer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** REST as it is documented, on a real port. */
class JobRestTest {
    private static final String JOBS = "/namespaces/default/jobs";

    @TempDir
    private static Path workspace;

    private static SchedulerFixture scheduler;

    @BeforeAll
    static void start() {
        scheduler = new SchedulerFixture(workspace);
        scheduler.create("exists");
    }

    @AfterAll
    static void stop() {
        scheduler.close();
    }

    @Test
    void answersAsDocumented() {
        Answer created = scheduler.create("documented");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.body()).isEqualTo("{\"state\":\"SUCCEEDED\"}");
        Answer health = scheduler.send("GET", "/health", null);
        assertThat(health.status()).isEqualTo(200);
        assertThat(health.body()).isEqualTo("\"OK\"");
        assertThat(scheduler.send("GET", "/namespaces/nobody/jobs", null).body())
                .isEqualTo("{\"jobs\":[]}");
        assertThat(scheduler.send("DELETE", JOBS + "/nothing", null).status()).isEqualTo(200);
        assertThat(scheduler.send("GET", JOBS + "/nothing", null).status()).isEqualTo(404);
        assertThat(scheduler
                        .send("PUT", JOBS + "/nothing", job("nothing").toString())
                        .status())
                .isEqualTo(403);
        assertThat(scheduler.send("PUT", JOBS + "/nothing:start", "null").status())
                .isEqualTo(403);
        assertThat(scheduler.create("documented").reason()).contains("default/documented", "already exist");
    }

    @Test
    void showsWhatWasPostedAndWhatTheServerAdds() {
        scheduler.create("shown");
        JsonNode shown = scheduler.get("shown");

        assertThat(shown.path("note").asString()).isEqualTo("kept");
        assertThat(shown.path("namespace").asString()).isEqualTo("default");
        assertThat(shown.path("create_time").asString()).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
        assertThat(shown.path("start_time").asString()).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
        assertThat(shown.path("checkpoints").isObject()).isTrue();
        assertThat(shown.path("status").path("progress").asInt(-1)).isZero();
        assertThat(shown.path("status").get("reason").isNull()).isTrue();
        assertThat(shown.has("_nsfl")).isFalse();
        assertThat(shown.has("_version")).isFalse();
    }

    @Test
    void doesNotLetAUserWriteTheServersFields() {
        String forged = job("forged")
                .put("namespace", "other")
                .put("create_time", "1999-01-01 00:00:00")
                .set("_nsfl", job("x").put("run", "mine"))
                .toString();
        assertThat(scheduler.send("POST", JOBS, forged).status()).isEqualTo(201);

        assertThat(scheduler.get("forged").path("namespace").asString()).isEqualTo("default");
        assertThat(scheduler.get("forged").path("create_time").asString()).isEqualTo("2026-03-01 10:00:00");
    }

    @Test
    void listsByPagesAndState() {
        for (String id : List.of("page-a", "page-b", "page-c")) {
            scheduler.upload("paged", "model/init.zip", "x");
            scheduler.upload("paged", "scripts/train.json", "{\"train\":{\"command\":\"java\",\"entry\":\"T.java\"}}");
            scheduler.send("POST", "/namespaces/paged/jobs", job(id).toString());
        }
        assertThat(ids("/namespaces/paged/jobs")).containsExactly("page-a", "page-b", "page-c");
        assertThat(ids("/namespaces/paged/jobs?limit=2")).containsExactly("page-a", "page-b");
        assertThat(ids("/namespaces/paged/jobs?limit=2&after=page-b")).containsExactly("page-c");
        assertThat(ids("/namespaces/paged/jobs?state=FINISHED")).isEmpty();
    }

    @Test
    void replacesTheConfigurationOfAJobThatWaits() {
        scheduler.selector.refuse("waits", "No clients.");
        scheduler.create("waits");
        scheduler.awaitState("waits", "PENDING");
        String version = scheduler
                .send("GET", JOBS + "/waits", null)
                .headers()
                .get("etag")
                .getFirst();
        String update = job("waits").put("note", "new").toString();

        assertThat(scheduler
                        .send("PUT", JOBS + "/waits", update, Map.of("If-Match", version))
                        .status())
                .isEqualTo(200);

        assertThat(scheduler.get("waits").path("note").asString()).isEqualTo("new");
        assertThat(scheduler.state("waits")).isEqualTo("PENDING");
        assertThat(scheduler
                        .send("PUT", JOBS + "/waits", update, Map.of("If-Match", version))
                        .status())
                .isEqualTo(409);
        assertThat(scheduler
                        .send("PUT", JOBS + "/waits", job("other").toString())
                        .status())
                .isEqualTo(403);
    }

    @Test
    void readsABodyWhateverTypeItIsSaidToHave() {
        scheduler.selector.refuse("typed", "No clients.");
        for (String type : List.of("application/x-www-form-urlencoded", "multipart/form-data", "text/html", "x")) {
            scheduler.send("DELETE", JOBS + "/typed", null);
            SchedulerFixture.until(
                    () -> scheduler.send("GET", JOBS + "/typed", null).status() == 404, () -> "still there");
            Map<String, String> header = Map.of("Content-Type", type);
            String body = job("typed").toString();

            assertThat(scheduler.send("POST", JOBS, body, header).status()).isEqualTo(201);
            assertThat(scheduler.send("PUT", JOBS + "/typed", body, header).body())
                    .isEqualTo("{\"state\":\"SUCCEEDED\"}");
        }
    }

    @Test
    void namesTheCommandThatMakesANamespace() {
        Answer refused =
                scheduler.send("POST", "/namespaces/fresh/jobs", job("one").toString());

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.reason()).contains("mkdir -p " + workspace.resolve("fresh"));
    }

    @Test
    void refusesAJoinedNameThatAnotherNamespaceHas() {
        scheduler.upload("a", "model/init.zip", "x");
        scheduler.upload("a", "scripts/train.json", "{\"train\":{\"command\":\"java\",\"entry\":\"T.java\"}}");
        scheduler.upload("a-b", "model/init.zip", "x");
        scheduler.upload("a-b", "scripts/train.json", "{\"train\":{\"command\":\"java\",\"entry\":\"T.java\"}}");
        assertThat(scheduler
                        .send("POST", "/namespaces/a/jobs", job("b-c").toString())
                        .status())
                .isEqualTo(201);

        Answer refused = scheduler.send("POST", "/namespaces/a-b/jobs", job("c").toString());

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.reason()).contains("a-b-c", "another namespace");
    }

    @Test
    void tellsAllFaultsAtOnce() {
        Answer refused = scheduler.send(
                "POST",
                JOBS,
                "{\"id\":\"Abc\",\"runtime\":\"cobol\",\"port\":80,\"hyper_parameters\":{\"client_num\":0}}");

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.reason())
                .contains("$.id", "$.runtime", "$.port", "$.hyper_parameters.client_num", "$.output");
        assertThat(refused.json().path("violations").size()).isGreaterThan(4);
    }

    @Test
    void listsClients() {
        assertThat(scheduler
                        .send("GET", "/namespaces/default/clients", null)
                        .json()
                        .path("clients")
                        .get(0)
                        .path("id")
                        .asString())
                .isEqualTo("c-1");
        assertThat(scheduler
                        .send("GET", "/namespaces/default/clients/c-1", null)
                        .json()
                        .path("name")
                        .asString())
                .isEqualTo("one");
        assertThat(scheduler
                        .send("GET", "/namespaces/default/clients/c-9", null)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void showsAClientThatIsChosenByNameOnlyWhereAJobNamesIt() {
        for (String namespace : List.of("apart", "naming")) {
            scheduler.upload(namespace, "model/init.zip", "x");
            scheduler.upload(
                    namespace, "scripts/train.json", "{\"train\":{\"command\":\"java\",\"entry\":\"T.java\"}}");
        }
        scheduler.send(
                "POST",
                "/namespaces/naming/jobs",
                job("names").put("clients", "c-1, c-hidden").toString());

        assertThat(scheduler
                        .send("GET", "/namespaces/apart/clients/c-hidden", null)
                        .status())
                .isEqualTo(404);
        assertThat(scheduler
                        .send("GET", "/namespaces/apart/clients", null)
                        .json()
                        .path("clients"))
                .hasSize(1);
        assertThat(scheduler
                        .send("GET", "/namespaces/naming/clients/c-hidden", null)
                        .status())
                .isEqualTo(200);
        assertThat(scheduler
                        .send("GET", "/namespaces/apart/clients/c-1", null)
                        .json()
                        .path("reliability")
                        .asDouble())
                .isEqualTo(0.75);
    }

    @Test
    void explainsWhyAJobWaitsAndWhyAClientIsNotChosen() {
        scheduler.selector.refuse("explained", "1 more client is needed.");
        scheduler.create("explained");
        scheduler.awaitState("explained", "PENDING");

        assertThat(scheduler.send("GET", JOBS + "/explained/selection", null).body())
                .isEqualTo("{\"needed\":2,\"matching\":1,\"clients\":["
                        + "{\"id\":\"c-1\",\"name\":\"one\",\"eligible\":true,\"reasons\":[]},"
                        + "{\"id\":\"c-2\",\"name\":\"two\",\"eligible\":false,\"reasons\":[\"lacks the dataset mnist\"]}],"
                        + "\"pending_reason\":\"1 more client is needed.\"}");
        assertThat(scheduler.send("GET", JOBS + "/nothing/selection", null).status())
                .isEqualTo(404);
    }

    @Test
    void answersLogsBeforeThereAreAny() {
        scheduler.selector.refuse("silent", "None.");
        scheduler.create("silent");

        assertThat(scheduler.send("GET", JOBS + "/silent/logs?lines=5", null).body())
                .isEqualTo("{\"coordinator\":[],\"tasks\":[]}");
        assertThat(scheduler.send("GET", JOBS + "/silent/logs?lines=-1", null).status())
                .isEqualTo(403);
    }

    @Test
    void tellsFaultsOfTheFilesBesideThoseOfTheFields() {
        Answer refused = scheduler.send(
                "POST",
                JOBS,
                job("both")
                        .put("port", 80)
                        .put("model_path", "model/absent.zip")
                        .toString());

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json()
                        .path("violations")
                        .valueStream()
                        .map(one -> one.path("path").asString("")))
                .containsExactly("$.port", "$.model_path");
    }

    @Test
    void keepsHeartbeatsInternal() {
        assertThat(scheduler.send("PUT", "/heartbeat", "{}").status()).isEqualTo(401);
        assertThat(scheduler
                        .heartbeat("{\"id\":\"x\",\"namespace\":\"default\",\"state\":\"RUNNING\",\"progress\":1}")
                        .status())
                .isEqualTo(200);
        for (String invalid : List.of(
                "{\"id\":\"x\",\"state\":\"RUNNING\",\"progress\":1}",
                "{\"id\":\"x\",\"namespace\":\"d\",\"state\":\"WALKING\",\"progress\":1}",
                "{\"id\":\"x\",\"namespace\":\"d\",\"state\":\"RUNNING\",\"progress\":101}",
                "{\"id\":\"x\",\"namespace\":\"d\",\"state\":\"RUNNING\",\"progress\":1,\"checkpoints\":{\"c\":{\"path\":\"\",\"accuracy\":0.5}}}",
                "nothing")) {
            assertThat(scheduler.heartbeat(invalid).status()).as(invalid).isEqualTo(403);
        }
    }

    @Test
    void streamsEventsAsTheyCome() throws Exception {
        scheduler.selector.refuse("followed", "No clients.");
        scheduler.create("followed");
        HttpRequest follow = HttpRequest.newBuilder(scheduler.uri(JOBS + "/followed/events"))
                .header("Accept", "text/event-stream")
                .build();
        List<String> seen = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                scheduler
                        .http()
                        .send(follow, HttpResponse.BodyHandlers.ofInputStream())
                        .body(),
                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null && seen.size() < 3; line = lines.readLine()) {
                if (line.startsWith("data:")) {
                    seen.add(line);
                }
                if (seen.size() == 2 && line.startsWith("data:")) {
                    scheduler.send("PUT", JOBS + "/followed:stop", null);
                }
            }
        }
        assertThat(seen.get(0)).contains("\"seq\":1", "QUEUING");
        assertThat(seen.get(1)).contains("\"seq\":2", "PENDING: No clients.");
        assertThat(seen.get(2)).contains("\"seq\":3", "STOPPING");
    }

    @TestFactory
    Stream<DynamicTest> refusesMalformedRequestsWithASentence() {
        return malformed()
                .map(request ->
                        DynamicTest.dynamicTest(request.method() + " " + request.path() + " " + request.body(), () -> {
                            Answer answer = scheduler.send(request.method(), request.path(), request.body());

                            assertThat(answer.status()).as(answer.body()).isBetween(400, 499);
                            assertThat(answer.json().path("state").asString()).isEqualTo("FAILED");
                            assertThat(answer.reason())
                                    .as(answer.body())
                                    .contains(" ")
                                    .endsWith(".");
                            assertThat(answer.body()).doesNotContain("Exception");
                        }));
    }

    private record Request(String method, String path, String body) {}

    private static Stream<Request> malformed() {
        List<String> bodies = new ArrayList<>(List.of(
                "",
                "null",
                "[]",
                "1",
                "\"text\"",
                "{",
                "{}",
                "{\"id\":1}",
                "{\"id\":\"a\",\"id\":\"b\"}",
                "[".repeat(5000)));
        Map<String, List<String>> fields = Map.ofEntries(
                Map.entry(
                        "id",
                        List.of(
                                "\"Abc\"",
                                "\"\"",
                                "\"a_b\"",
                                "\"-a\"",
                                "\"a/b\"",
                                "null",
                                "7",
                                "\"" + "a".repeat(101) + "\"",
                                "\"" + "a".repeat(60) + "\"")),
                Map.entry("runtime", List.of("\"cobol\"", "null", "1", "[]")),
                Map.entry("output", List.of("1", "\"../other\"", "{}")),
                Map.entry(
                        "model_path", List.of("\"absent.zip\"", "\"../../etc/passwd.zip\"", "1", "\"model\"", "\"\"")),
                Map.entry("model_id", List.of("\"default-mnist-V0\"")),
                Map.entry("checkpoint_id", List.of("\"checkpoint_v1\"")),
                Map.entry(
                        "scripts",
                        List.of(
                                "{}",
                                "1",
                                "{\"path\":\"absent\",\"config_file\":\"train.json\"}",
                                "{\"path\":\"scripts\",\"config_file\":\"absent.json\"}",
                                "{\"path\":\"../..\",\"config_file\":\"x\"}")),
                Map.entry("port", List.of("80", "70000", "\"x\"", "1.5")),
                Map.entry("datasets", List.of("1", "{}")),
                Map.entry("parameters", List.of("[]", "\"x\"")),
                Map.entry(
                        "hyper_parameters",
                        List.of(
                                "{\"client_num\":0}",
                                "{\"max_round_num\":-1}",
                                "{\"client_num\":2,\"threshold_client_num\":3}",
                                "{\"round_timeout\":\"x\"}",
                                "{\"save_interval\":0}",
                                "[]")),
                Map.entry("resource", List.of("{\"cpu\":-1}", "{\"memory\":\"much\"}", "1")),
                Map.entry("redundancy", List.of("\"x\"", "[]")),
                Map.entry("clients", List.of("1")));
        fields.forEach((name, values) -> values.forEach(value -> bodies.add(job("malformed")
                .remove(List.of(name))
                .toString()
                .replaceFirst("}$", ",\"" + name + "\":" + value + "}"))));
        Stream<Request> posts = bodies.stream().map(body -> new Request("POST", JOBS, body));
        Stream<Request> others = Stream.of(
                new Request("PUT", JOBS + "/exists:dance", null),
                new Request("PUT", JOBS + "/exists", "{"),
                new Request("PATCH", JOBS + "/exists", null),
                new Request("GET", JOBS + "/exists/", null),
                new Request("GET", JOBS + "/exists/nothing", null),
                new Request("GET", JOBS + "?limit=0", null),
                new Request("GET", JOBS + "?limit=x", null),
                new Request("GET", JOBS + "?state=WALKING", null),
                new Request("GET", JOBS + "?after=nothing", null),
                new Request("GET", JOBS + "/exists/events?after=x", null),
                new Request("GET", "/nothing", null));
        return Stream.concat(posts, others);
    }

    private static List<String> ids(String path) {
        return scheduler
                .send("GET", path, null)
                .json()
                .path("jobs")
                .valueStream()
                .map(job -> job.path("id").asString())
                .toList();
    }
}
