package io.nsfl.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.storage.document.memory.MemoryDocumentStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Jobs that start from a model of the model store. */
class StoredModelTest {
    private static final String MODEL = """
            {"namespace":"%s","name":"mnist","runtime":"dl4j","id":"%s","state":"%s",
             "version_info":{"version":"V0","time":"2022-05-19 14:40:13","description":null},
             "storage_info":["models","/default/mnist/V0/init.zip"],"model_path":null,"file_name":"init.zip","error_msg":null}""";

    private static final Map<String, String> MODELS = Map.of(
            "ready", MODEL.formatted("default", "ready", "ready"),
            "unready", MODEL.formatted("default", "unready", "unready"),
            "foreign", MODEL.formatted("other", "foreign", "ready"));

    @TempDir
    private Path workspace;

    private HttpServer models;
    private SchedulerFixture scheduler;

    @BeforeEach
    void start() throws IOException {
        models = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        models.createContext("/api/v1/models", exchange -> {
            String id = exchange.getRequestURI().getQuery().replace("model_id=", "");
            byte[] answer = MODELS.getOrDefault(id, "{\"state\":\"FAILED\",\"reason\":\"No such model.\"}")
                    .getBytes(UTF_8);
            exchange.sendResponseHeaders(MODELS.containsKey(id) ? 200 : 404, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        models.start();
        scheduler = new SchedulerFixture(
                workspace,
                new MemoryDocumentStore(),
                List.of("--nsfl.scheduler.model-manager-address=127.0.0.1:"
                        + models.getAddress().getPort()));
        scheduler.upload("models", "default/mnist/V0/init.zip", "a model");
    }

    @AfterEach
    void stop() {
        scheduler.close();
        models.stop(0);
    }

    @Test
    void startsFromTheFileOfTheModel() throws IOException {
        assertThat(create("one", "ready").status()).isEqualTo(201);

        List<String> command = scheduler.awaitLaunch(1).command();
        ObjectNode started = JobJson.object(Files.readAllBytes(Path.of(command.getLast())));
        assertThat(started.path("model_path").asString())
                .isEqualTo(workspace.resolve("models/default/mnist/V0/init.zip").toString());
        assertThat(started.path("model").toString())
                .isEqualTo("{\"model_namespace\":\"models\",\"model_path\":\"/default/mnist/V0/init.zip\"}");
        assertThat(started.path("model_id").asString()).isEqualTo("ready");
    }

    @Test
    void refusesModelsThatCannotBeUsed() {
        assertThat(create("two", "unready").reason()).contains("is unready");
        assertThat(create("two", "foreign").reason()).contains("belongs to namespace other");
        assertThat(create("two", "absent").reason()).contains("not known to the model store");
        assertThat(scheduler.send("GET", "/namespaces/default/jobs", null).body())
                .isEqualTo("{\"jobs\":[]}");
    }

    private SchedulerFixture.Answer create(String id, String model) {
        ObjectNode job = SchedulerFixture.job(id);
        job.remove("model_path");
        job.put("model_id", model);
        return scheduler.send("POST", "/namespaces/default/jobs", job.toString());
    }
}
