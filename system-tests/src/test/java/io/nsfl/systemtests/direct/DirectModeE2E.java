package io.nsfl.systemtests.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

@Timeout(360)
class DirectModeE2E {
    private static final int CLIENTS = 2;
    private static final int ROUNDS = 4;
    private static final String ENTRY = "quick";

    /** Scripts get by without a framework; the client only has to find one. */
    private static final String PYTHON = """
            #!/bin/sh
            PYTHONPATH="%s${PYTHONPATH:+:$PYTHONPATH}" exec python3 "$@"
            """;

    @TempDir
    Path root;

    private DirectSite site;
    private Path python;

    @BeforeEach
    void layOut() throws Exception {
        site = new DirectSite(root, CLIENTS);
        Path stub = site.directory("stub/torch");
        Files.writeString(stub.resolve("__init__.py"), "");
        python = Files.writeString(site.directory("bin").resolve("python"), PYTHON.formatted(stub.getParent()));
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
        site.configure(
                "quick-job",
                "pytorch",
                site.source("examples/mnist/pytorch/model/init_model.pth"),
                ROUNDS,
                JobJson.newObject().put("task_entry", ENTRY));
    }

    @AfterEach
    void end() {
        site.close();
    }

    @Test
    void clientsOutliveTheirCoordinatorAndServeTheNextOne() throws Exception {
        Process first = site.startCoordinator();
        List<Process> clients = startClients();

        assertThat(site.awaitEnd(first)).isZero();
        assertThat(site.coordinatorLog())
                .contains("FINISHED")
                .containsPattern("\\|\\s+4\\s+\\|\\s+4\\s+\\|\\s+0\\s+\\|");
        assertThat(site.output("fl_quick-job_output_V0/checkpoints/checkpoint_v1/checkpoint_4.pth"))
                .isRegularFile();
        assertThat(site.json("fl_quick-job_output_V0/metrics.json").path("accuracy"))
                .hasSize(1);
        assertThat(clients).allMatch(Process::isAlive);

        assertThat(site.awaitEnd(site.startCoordinator())).isZero();
        assertThat(site.output("fl_quick-job_output_V1/checkpoints/checkpoint_v2/checkpoint_4.pth"))
                .isRegularFile();
        assertThat(clients).allMatch(Process::isAlive);
    }

    @Test
    void theSameCommandAfterAKillResumesTheRun() throws Exception {
        startClients();
        Process killed = site.startCoordinator();
        site.awaitLog("Round 1/" + ROUNDS + " COMMITTED");
        killed.destroyForcibly().waitFor();

        assertThat(site.awaitEnd(site.startCoordinator())).isZero();

        assertThat(site.coordinatorLog()).contains("RUN_RESUMED").containsOnlyOnce("Round 1: CLIENTS_SELECTED");
        assertThat(site.output("fl_quick-job_output_V0/checkpoints/checkpoint_v1/checkpoint_4.pth"))
                .isRegularFile();
        assertThat(site.output("fl_quick-job_output_V1")).doesNotExist();
    }

    /** Clients train all the time; what a killed coordinator had in its buffer is trained again, what was committed is not. */
    @Test
    void anAsynchronousRunGoesOnAfterAKill() throws Exception {
        ObjectNode more = JobJson.newObject().put("task_entry", ENTRY);
        more.putObject("aggregation").put("name", "fedbuff").putObject("params").put("buffer_size", 3);
        site.configure(
                "buffered-job", "pytorch", site.source("examples/mnist/pytorch/model/init_model.pth"), ROUNDS, more);
        startClients();
        Process killed = site.startCoordinator();
        site.awaitLog("Round 2/" + ROUNDS + " COMMITTED");
        killed.destroyForcibly().waitFor();

        assertThat(site.awaitEnd(site.startCoordinator())).isZero();

        assertThat(site.coordinatorLog())
                .contains("RUN_RESUMED", "FINISHED")
                .containsPattern("\\|\\s+4\\s+\\|\\s+4\\s+\\|\\s+0\\s+\\|");
        assertThat(site.output("fl_buffered-job_output_V0/checkpoints/checkpoint_v1/checkpoint_4.pth"))
                .isRegularFile();
    }

    /** A kill in the middle: what the extender counted goes on with the committed round, and updates arrive in eight bits. */
    @Test
    void anExtenderCountsRoundsWithWhatScriptsLeave() throws Exception {
        Path extender = site.directory("extender");
        DirectSite.copy("direct", extender, "rounds.py");
        ObjectNode more = JobJson.newObject().put("task_entry", "count");
        more.putObject("compression").put("name", "int8");
        more.putObject("extender")
                .put("script_path", extender.toString())
                .put("entry", "rounds.py")
                .put("broadcast", "give")
                .put("aggregate", "take")
                .put("finish", "end");
        site.configure(
                "counted-job", "pytorch", site.source("examples/mnist/pytorch/model/init_model.pth"), ROUNDS, more);
        startClients("count", "count_train.py", "count_evaluate.py");
        Process killed = site.startCoordinator();
        site.awaitLog("Round 2/" + ROUNDS + " COMMITTED");
        killed.destroyForcibly().waitFor();

        assertThat(site.awaitEnd(site.startCoordinator())).isZero();

        assertThat(site.coordinatorLog()).contains("RUN_RESUMED", "FINISHED").doesNotContain("ROUND_RETRIED");
        assertThat(site.json("fl_counted-job_output_V0/metrics.json")
                        .path("accuracy")
                        .get(0)
                        .asDouble())
                .isEqualTo(ROUNDS / 10.0);
    }

    private List<Process> startClients() throws IOException {
        return startClients(ENTRY, "train.py", "evaluate.py");
    }

    private List<Process> startClients(String entry, String... scripts) throws IOException {
        List<Process> clients = new ArrayList<>();
        for (int index = 0; index < CLIENTS; index++) {
            Path entries = site.directory("client_" + index + "/task_entrys");
            DirectSite.copy("direct", entries, entry + ".json");
            DirectSite.copy("direct", entries.resolve(entry), scripts);
            clients.add(site.startClient(index, "pytorch", python, JobJson.newObject()));
        }
        return clients;
    }
}
