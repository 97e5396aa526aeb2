package io.nsfl.modelmanager;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.modelmanager.ModelManagerFixture.Answer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** REST as it is documented, on a real port. */
class ModelRestTest {
    private static final String MODELS = "/namespaces/default/models";

    @TempDir
    private static Path workspace;

    private static ModelManagerFixture manager;

    @BeforeAll
    static void start() {
        manager = new ModelManagerFixture(workspace);
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    @Test
    void answersTheWorkedExamplesLetterByLetter() {
        String body = "{\"name\":\"mnist\",\"runtime\":\"tf\",\"description\":\"x\",\"file_name\":\"init.h5\"}";
        Answer first = manager.send("POST", MODELS, body);

        String v0 = "{\"namespace\":\"default\",\"name\":\"mnist\",\"runtime\":\"tf\",\"id\":\"default-mnist-V0\","
                + "\"state\":\"unready\",\"version_info\":{\"version\":\"V0\",\"time\":\"2022-05-19 14:40:13\","
                + "\"description\":\"x\"},\"storage_info\":[\"models\",\"/default/mnist/V0/init.h5\"],"
                + "\"model_path\":null,\"file_name\":\"init.h5\",\"error_msg\":null}";
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.body()).isEqualTo(v0);

        Answer second = manager.send("POST", MODELS, body);
        String v1 = v0.replace("V0", "V1");
        assertThat(second.body()).isEqualTo(v1);
        String both = "{\"models\":{\"mnist\":[" + v0 + "," + v1 + "]}}";
        assertThat(manager.send("GET", MODELS + "/mnist", null).body()).isEqualTo(both);
        assertThat(manager.send("GET", MODELS, null).body()).contains("\"mnist\":[" + v0 + "," + v1 + "]");
        assertThat(manager.send("GET", MODELS + "/mnist?version=V1", null).body())
                .isEqualTo("{\"models\":{\"mnist\":[" + v1 + "]}}");
        assertThat(manager.byId("default-mnist-V0").body()).isEqualTo(v0);
        assertThat(manager.send("GET", "/health", null).body()).isEqualTo("\"OK\"");
    }

    @TestFactory
    Stream<DynamicTest> refusesWhatIsNotThereOrNotAllowed() {
        manager.create("present");
        return Map.ofEntries(
                        Map.entry("GET /namespaces/nobody/models", 404),
                        Map.entry("GET /namespaces/default/models/nothing", 404),
                        Map.entry("GET /namespaces/default/models/present?version=V9", 404),
                        Map.entry("GET /models", 404),
                        Map.entry("GET /models?model_id=nothing", 404),
                        Map.entry("DELETE /models", 404),
                        Map.entry("DELETE /models?model_id=nothing", 404),
                        Map.entry("DELETE /namespaces/default/models/nothing", 404),
                        Map.entry("DELETE /namespaces/default/models/present?version=V9", 404),
                        Map.entry("DELETE /namespaces/default/models/present", 400),
                        Map.entry("DELETE /models?model_id=default-present-V0", 400),
                        Map.entry("PUT /namespaces/default/models/present", 400),
                        Map.entry("GET /namespaces/default/models/present/versions/V0/content", 409),
                        Map.entry("GET /namespaces/default/models/nothing/versions/V0/content", 404),
                        Map.entry("PATCH /namespaces/default/models", 405),
                        Map.entry("GET /namespaces/default/models/present/", 404))
                .entrySet()
                .stream()
                .map(call -> DynamicTest.dynamicTest(call.getKey(), () -> {
                    String[] words = call.getKey().split(" ", 2);
                    Answer answer = manager.send(words[0], words[1], "{\"state\":\"uploading\"}");
                    assertThat(answer.status()).isEqualTo(call.getValue());
                    assertThat(answer.text("state")).isEqualTo("FAILED");
                    assertThat(answer.text("reason")).isNotBlank();
                }));
    }

    @TestFactory
    Stream<DynamicTest> refusesHostileBodiesAndStoresNothing() {
        String good = "\"name\":\"hostile\",\"runtime\":\"tf\"";
        return Stream.of(
                        "",
                        "[]",
                        "null",
                        "{",
                        "{\"name\":\"hostile\"}",
                        "{\"name\":7,\"runtime\":\"tf\",\"file_name\":\"f\"}",
                        "{\"name\":\"../x\",\"runtime\":\"tf\",\"file_name\":\"f\"}",
                        "{\"name\":\"a b\",\"runtime\":\"tf\",\"file_name\":\"f\"}",
                        "{\"name\":\"" + "x".repeat(101) + "\",\"runtime\":\"tf\",\"file_name\":\"f\"}",
                        "{" + good + "}",
                        "{" + good + ",\"file_name\":\"\"}",
                        "{" + good + ",\"file_name\":\"f\",\"name\":\"again\"}",
                        "{" + good + ",\"file_name\":\"..\"}",
                        "{" + good + ",\"file_name\":\"../../etc/passwd\"}",
                        "{" + good + ",\"file_name\":\"a\\u0000b\"}",
                        "{" + good + ",\"file_name\":\".nsfl-put-x\"}",
                        "{" + good + ",\"file_name\":[\"f\"]}",
                        "{" + good + ",\"file_name\":\"f\",\"model_path\":\"default:/f\"}",
                        "{" + good + ",\"model_path\":\"/f\"}",
                        "{" + good + ",\"model_path\":\"default:\"}",
                        "{" + good + ",\"model_path\":\"default:/../other/f\"}",
                        "{" + good + ",\"model_path\":\"..:/f\"}",
                        "{" + good + ",\"model_path\":\"models:/default/mnist/V0/init.h5\"}",
                        "{" + good + ",\"file_name\":\"f\",\"version\":\"../V0\"}",
                        "{" + good + ",\"file_name\":\"f\",\"version\":{}}",
                        "[".repeat(1000))
                .map(body -> DynamicTest.dynamicTest("body " + body.substring(0, Math.min(60, body.length())), () -> {
                    Answer answer = manager.send("POST", MODELS, body);
                    assertThat(answer.status()).as(answer.body()).isIn(400, 413);
                    assertThat(answer.text("reason")).isNotBlank();
                    assertThat(manager.send("GET", MODELS + "/hostile", null).status())
                            .isEqualTo(404);
                }));
    }

    @Test
    void tellsAllFaultsOfARequestAtOnce() {
        Answer answer = manager.send(
                "POST", MODELS, "{\"name\":\"a/b\",\"description\":5,\"version\":\"a b\",\"file_name\":\"..\"}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json()
                        .path("violations")
                        .valueStream()
                        .map(found -> found.path("path").asString("")))
                .contains("$.name", "$.runtime", "$.description", "$.version", "$.file_name");
    }

    @Test
    void refusesAVersionThatExists() {
        String body = "{\"name\":\"twice\",\"runtime\":\"tf\",\"version\":\"one\",\"file_name\":\"f\"}";
        assertThat(manager.send("POST", MODELS, body).status()).isEqualTo(201);
        Answer again = manager.send("POST", MODELS, body);
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.text("code")).isEqualTo("MODEL_VERSION_EXISTS");
    }

    @Test
    void givesIdsThatCannotCollide() {
        String body = "{\"name\":\"%s\",\"runtime\":\"tf\",\"version\":\"%s\",\"file_name\":\"f\"}";
        String first = manager.send("POST", MODELS, body.formatted("a-b", "c")).text("id");
        String second = manager.send("POST", MODELS, body.formatted("a", "b-c")).text("id");

        assertThat(first).isEqualTo("default-a-b-c");
        assertThat(second).isEqualTo("default-a-b-c-2");
        assertThat(manager.byId(second).text("name")).isEqualTo("a");
        assertThat(manager.byId(first).text("name")).isEqualTo("a-b");
    }

    @Test
    void numbersVersionsOfRequestsThatComeAtOnceDifferently() throws Exception {
        Set<String> ids = ConcurrentHashMap.newKeySet();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 24; i++) {
                threads.submit(() -> ids.add(manager.create("race").path("id").asString("")));
            }
        }
        assertThat(ids).hasSize(24).contains("default-race-V0", "default-race-V23");
    }

    @Test
    void skipsNumbersThatAreTakenAndThoseOfDeletedVersions() {
        manager.send("POST", MODELS, "{\"name\":\"gap\",\"runtime\":\"tf\",\"version\":\"V0\",\"file_name\":\"f\"}");
        assertThat(manager.create("gap").path("id").asString("")).isEqualTo("default-gap-V1");
        manager.send("PUT", "/models?model_id=default-gap-V1", "{\"state\":\"failed\"}");
        assertThat(manager.send("DELETE", "/models?model_id=default-gap-V1", null)
                        .body())
                .isEqualTo("{\"state\":\"SUCCEEDED\"}");
        assertThat(manager.byId("default-gap-V1").status()).isEqualTo(404);
        assertThat(manager.create("gap").path("id").asString("")).isEqualTo("default-gap-V2");
    }
}
