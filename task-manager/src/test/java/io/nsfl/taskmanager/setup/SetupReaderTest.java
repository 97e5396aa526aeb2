package io.nsfl.taskmanager.setup;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Violation;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.job.Reading;
import io.nsfl.taskmanager.MaskingPolicy;
import io.nsfl.taskmanager.ScriptSandbox;
import io.nsfl.taskmanager.TaskManagerProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetupReaderTest {
    @TempDir
    Path directory;

    @BeforeEach
    void directories() throws IOException {
        Files.createDirectories(directory.resolve("workspace"));
        Files.createDirectories(directory.resolve("configs"));
        Files.writeString(directory.resolve("datasets.json"), "{}");
    }

    private Reading<TaskManagerProperties> read(String json, String... flags) throws IOException {
        Path file = Files.writeString(directory.resolve("setup.json"), json.replace("DIR", directory.toString()));
        return SetupReader.read(Stream.concat(Stream.of("--config_file", file.toString()), Stream.of(flags))
                .toList());
    }

    private static final String REQUIRED = """
            "server": "10.0.0.1:9001", "lmdb_path": "DIR/lmdb", "workspace": "DIR/workspace",
            "task_config_entry": "DIR/configs"
            """;

    @Test
    void fillsInTheDocumentedDefaults() throws IOException {
        TaskManagerProperties setup = read("{" + REQUIRED + "}").value().orElseThrow();

        assertThat(setup.address()).isEqualTo("0.0.0.0:22000");
        assertThat(setup.platform()).isEqualTo("linux");
        assertThat(setup.storageQuotaMb()).isEqualTo(10240);
        assertThat(setup.logLevel()).isEqualTo("INFO");
        assertThat(setup.registration()).isTrue();
        assertThat(setup.maxTaskParallelism()).isEqualTo(-1);
        assertThat(setup.runtimes()).isEmpty();
        assertThat(setup.executorIdle()).isEqualTo(Duration.ofSeconds(300));
        assertThat(setup.scriptPolicy().refuses("any", "00")).isEmpty();
    }

    @Test
    void readsEveryKeyInItsLenientForms() throws IOException {
        TaskManagerProperties setup = read("""
                        {
                          # written for the original
                          "server": "10.67.134.15.9001", "lmdb_path": "DIR/lmdb", "workspace": "DIR/workspace",
                          "task_config_entry": "DIR/configs", "datasets": "DIR/datasets.json", "host": "10.0.0.2",
                          "port": "9090", "external_address": "edge.example:9091", "platform": "K8S",
                          "storage_quota": "1024", "log_level": "debug", "registration": "False",
                          "label": "gpu, west", "runtime": "Keras,PyTorch", "max_task_parallelism": "3",
                          "resource": {"cpu": 1.5, "memory": "2000", "gpu": 1},
                          "runtimes": {"torch": {"python": "/opt/torch/bin/python"}},
                          "script_policy": ["default"], "name": "edge", "executor_idle_limit": 60,
                        }
                        """).value().orElseThrow();

        assertThat(setup.server()).isEqualTo("10.67.134.15:9001");
        assertThat(setup.address()).isEqualTo("edge.example:9091");
        assertThat(setup.port()).isEqualTo(9090);
        assertThat(setup.platform()).isEqualTo("k8s");
        assertThat(setup.storageQuotaMb()).isEqualTo(1024);
        assertThat(setup.logLevel()).isEqualTo("DEBUG");
        assertThat(setup.registration()).isFalse();
        assertThat(setup.labels()).containsExactly("gpu", "west");
        assertThat(setup.runtimes()).isEqualTo(Set.of(Runtime.TENSORFLOW, Runtime.PYTORCH));
        assertThat(setup.python(Runtime.PYTORCH)).isEqualTo("/opt/torch/bin/python");
        assertThat(setup.python(Runtime.TENSORFLOW)).isEqualTo("python3");
        assertThat(setup.maxTaskParallelism()).isEqualTo(3);
        assertThat(setup.capCpu()).isEqualTo(1.5);
        assertThat(setup.capMemoryMb()).isEqualTo(2000);
        assertThat(setup.capGpu()).isEqualTo(1);
        assertThat(setup.scriptPolicy().refuses("default", "00")).isEmpty();
        assertThat(setup.scriptPolicy().refuses("other", "00")).isPresent();
        assertThat(setup.datasets()).contains(directory.resolve("datasets.json"));
        assertThat(setup.executorIdle()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void keepsScriptsApartAsTheOwnerWants() throws IOException {
        assertThat(sandbox("")).isEqualTo(ScriptSandbox.DEFAULT);
        assertThat(sandbox(", \"sandbox\": \"Required\", \"script_writable\": \"DIR/configs\""))
                .isEqualTo(new ScriptSandbox(true, true, true, List.of(directory.resolve("configs"))));
        assertThat(sandbox(", \"sandbox\": false")).isEqualTo(new ScriptSandbox(false, false, true, List.of()));
        assertThat(sandbox(", \"script_network\": false"))
                .as("nothing but a sandbox cuts it off")
                .isEqualTo(new ScriptSandbox(true, true, false, List.of()));
    }

    private ScriptSandbox sandbox(String more) throws IOException {
        return read("{" + REQUIRED + more + "}").value().orElseThrow().sandbox();
    }

    @Test
    void refusesWhatWouldKeepNoScriptApart() throws IOException {
        assertThat(read("{" + REQUIRED
                                + ", \"sandbox\": false, \"script_network\": \"no\", \"script_writable\": [\"DIR/none\"]}")
                        .violations())
                .extracting(Violation::path)
                .containsExactlyInAnyOrder("$.script_network", "$.script_writable");
        assertThat(read("{" + REQUIRED + ", \"script_writable\": \"DIR\"}").violations())
                .extracting(Violation::message)
                .singleElement()
                .asString()
                .startsWith("must not hold the client's own directories");
        assertThat(read("{" + REQUIRED + ", \"sandbox\": \"always\"}").violations())
                .extracting(Violation::message)
                .containsExactly("must be true, false or required");
    }

    @Test
    void namesEveryFaultAtOnce() throws IOException {
        Reading<TaskManagerProperties> reading = read("""
                {"server": "nowhere", "workspace": "DIR/absent", "task_config_entry": "DIR/configs", "port": 70000,
                 "storage_quota": 0, "runtime": "caffe", "platform": "windows", "registration": "perhaps"}
                """);

        assertThat(reading.value()).isEmpty();
        assertThat(reading.violations())
                .extracting(Violation::path)
                .containsExactlyInAnyOrder(
                        "$.server",
                        "$.lmdb_path",
                        "$.workspace",
                        "$.port",
                        "$.storage_quota",
                        "$.runtime",
                        "$.platform",
                        "$.registration");
    }

    @Test
    void warnsOfUnknownKeysAndRepairs() throws IOException {
        Reading<TaskManagerProperties> reading =
                read("{" + REQUIRED.replace("10.0.0.1:9001", "10.0.0.1.9001") + ", \"storag_quota\": 5}");

        assertThat(reading.value()).isPresent();
        assertThat(reading.warnings())
                .extracting(Violation::path)
                .containsExactlyInAnyOrder("$.server", "$.storag_quota");
    }

    @Test
    void letsTheFileWinOverFlagsAndFlagsFillTheRest() throws IOException {
        TaskManagerProperties setup = read("{" + REQUIRED + ", \"port\": 9000}", "--port=1", "--log_level", "warn")
                .value()
                .orElseThrow();

        assertThat(setup.port()).isEqualTo(9000);
        assertThat(setup.logLevel()).isEqualTo("WARN");
    }

    @Test
    void saysWhichFileCannotBeRead() {
        Reading<TaskManagerProperties> reading = SetupReader.read(List.of("--config_file", "/nowhere.json"));

        assertThat(reading.violations())
                .singleElement()
                .extracting(Violation::given)
                .isEqualTo("/nowhere.json");
    }

    @Test
    void refusesScriptsOfEveryNamespaceWhereThePolicyIsNone() throws IOException {
        TaskManagerProperties setup =
                read("{" + REQUIRED + ", \"script_policy\": \"none\"}").value().orElseThrow();

        assertThat(setup.scriptPolicy().refuses("default", "00")).isPresent();
    }

    @Test
    void readsWhatIsInsistedOnWhereResultsAreMasked() throws IOException {
        Path authorities = Files.writeString(
                directory.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n");

        TaskManagerProperties setup = read("{" + REQUIRED
                        + ", \"secure_aggregation\": {\"min_survivors\": 5, \"ca_file\": \"DIR/ca.pem\"}}")
                .value()
                .orElseThrow();

        assertThat(setup.masking()).isEqualTo(new MaskingPolicy(5, Files.readString(authorities), ""));
        assertThat(read("{" + REQUIRED + "}").value().orElseThrow().masking()).isEqualTo(MaskingPolicy.DEFAULT);
    }

    @Test
    void refusesWhatWouldProtectNobodyWhereResultsAreMasked() throws IOException {
        Reading<TaskManagerProperties> reading = read(
                "{" + REQUIRED
                        + ", \"secure_aggregation\": {\"min_survivors\": 1, \"ca_file\": \"DIR/setup.json\", \"cafile\": \"\"}}");

        assertThat(reading.violations())
                .extracting(Violation::path)
                .containsExactlyInAnyOrder(
                        "$.secure_aggregation.min_survivors",
                        "$.secure_aggregation.ca_file",
                        "$.secure_aggregation.cafile");
    }
}
