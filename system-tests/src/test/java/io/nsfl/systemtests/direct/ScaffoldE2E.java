package io.nsfl.systemtests.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nsfl.modelformats.ModelFile;
import io.nsfl.modelformats.ModelFiles;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * SCAFFOLD and local layers from script to journal with PyTorch: the coordinator is killed between two rounds, and one client's update of
 * round 2 is delivered and refused. That client's state must stay as it was: otherwise the server's control variate is not the mean of
 * the clients' any more.
 */
@Timeout(360)
class ScaffoldE2E {
    private static final int CLIENTS = 3;
    private static final int REFUSED_CLIENT = 1;
    private static final int ROUNDS = 4;

    /** Sees changes of weights and nothing of control variates; ends the job's rounds if an update is missing. */
    private static final String COUNTING = """
            import os

            def take(updates, previous):
                assert sorted(updates.weights) == ["point", "seen"], list(updates.weights)
                return {"taken": 1 if previous is None else previous["taken"] + 1}

            def end(params):
                assert params["taken"] == (2 if os.environ["NSFL_ROUND"] == "2" else 3), params
            """;

    @TempDir
    Path root;

    @Test
    void theServersControlVariateStaysTheMeanOfTheClients() throws Exception {
        Path python = DirectSite.pytorch();
        try (DirectSite site = new DirectSite(root, CLIENTS)) {
            Path workspace = site.directory("workspace");
            DirectSite.copy("scaffold", workspace, "make.py");
            DirectSite.copy(
                    "scaffold/scripts",
                    workspace.resolve("scripts"),
                    "job.json",
                    "point.py",
                    "train.py",
                    "evaluate.py");
            Path model = workspace.resolve("init_model.pth");
            make(python, workspace.resolve("make.py"), model);
            site.configure("point", "pytorch", model, ROUNDS, job(workspace));
            for (int client = 0; client < CLIENTS; client++) {
                site.startClient(
                        client,
                        "pytorch",
                        python,
                        JobJson.newObject().put("place", place(site, client).toString()));
            }
            Process killed = site.startCoordinator(Map.of("EXTENDER_PYTHON", python.toString()));
            site.awaitLog("Round 1/" + ROUNDS + " COMMITTED");
            killed.destroyForcibly().waitFor();

            int exit = site.awaitEnd(site.startCoordinator(Map.of("EXTENDER_PYTHON", python.toString())));

            assertThat(exit).as(site.coordinatorLog()).isZero();
            assertThat(site.coordinatorLog()).contains("RUN_RESUMED");
            double[] mean = new double[2];
            for (int client = 0; client < CLIENTS; client++) {
                double[] own = controlVariate(root.resolve("client_" + client + "/workspace/.nsfl/state"), "point");
                assertThat(own).as("control variate of client " + client).doesNotContain(0);
                mean[0] += own[0] / CLIENTS;
                mean[1] += own[1] / CLIENTS;
                // The client counts its own rounds in a local tensor; the refused one is not among them.
                assertThat(Files.readString(newest(root.resolve("client_" + client + "/workspace"), "own")))
                        .isEqualTo(client == REFUSED_CLIENT ? ROUNDS - 1 + ".0" : ROUNDS + ".0");
            }
            double[] global = controlVariate(root.resolve("output"), "control_variate/point");
            assertThat(global).containsExactly(mean, within(1e-6));
            try (ModelFile saved = ModelFiles.open(site.checkpoint("point", ROUNDS))) {
                assertThat(saved.tensors().get("own").at(0))
                        .as("checkpoints hold what the job began with")
                        .isZero();
                assertThat(saved.tensors().get("point").at(0)).isNotEqualTo(0.5);
            }
        }
    }

    private ObjectNode job(Path workspace) throws IOException {
        ObjectNode job = JobJson.newObject().put("datasets", "place");
        job.putObject("optimizer").put("name", "scaffold");
        job.putArray("local_layers").add("own");
        job.putObject("compression").put("downlink", "delta");
        job.putObject("early_stop").put("metric", "accuracy").put("patience", ROUNDS);
        Path extender = Files.createDirectories(workspace.resolve("extender"));
        Files.writeString(extender.resolve("counting.py"), COUNTING);
        job.putObject("extender")
                .put("script_path", extender.toString())
                .put("entry", "counting.py")
                .put("aggregate", "take")
                .put("finish", "end");
        job.putObject("scripts")
                .put("path", workspace.resolve("scripts").toString())
                .put("config_file", "job.json");
        ObjectNode hyper = job.putObject("hyper_parameters");
        hyper.put("max_round_num", ROUNDS)
                .put("client_num", CLIENTS)
                .put("threshold_client_num", CLIENTS - 1)
                .put("evaluate_interval", 2)
                .put("save_interval", 0);
        return job;
    }

    private Path place(DirectSite site, int client) throws IOException {
        ObjectNode place = JobJson.newObject()
                .put("steps", 2 + client)
                .put("samples", 10 * (client + 1))
                .put("refused_in", client == REFUSED_CLIENT ? 2 : 0);
        numbers(place.putArray("scale"), 1.0 + client, 0.5);
        numbers(place.putArray("place"), client - 1.0, 2.0 * client);
        return Files.writeString(site.directory("client_" + client).resolve("place.json"), JobJson.pretty(place));
    }

    private static void numbers(ArrayNode array, double first, double second) {
        array.add(first).add(second);
    }

    /** The newest file below the directory that holds a tensor of this name. */
    private static double[] controlVariate(Path directory, String tensor) throws IOException {
        Path newest = newest(directory, "(state-.*|control_variate)\\.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(newest)) {
            return new double[] {
                file.tensors().get(tensor).at(0), file.tensors().get(tensor).at(1)
            };
        }
    }

    /** The last in order of path. @param name a pattern of file names */
    private static Path newest(Path directory, String name) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(path -> path.getFileName().toString().matches(name))
                    .sorted()
                    .reduce((_, last) -> last)
                    .orElseThrow(() -> new AssertionError("no file " + name + " below " + directory));
        }
    }

    private void make(Path python, Path script, Path model) throws Exception {
        Path log = root.resolve("make.log");
        int exit = new ProcessBuilder(python.toString(), script.toString(), model.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        assertThat(exit).as(Files.readString(log)).isZero();
    }
}
