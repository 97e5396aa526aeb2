package io.nsfl.systemtests.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.modelformats.ModelFile;
import io.nsfl.modelformats.ModelFiles;
import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Secure aggregation with real task-managers, executors and scripts: the model is that of plain averaging, within the quantisation. */
@Timeout(360)
class MaskedE2E {
    private static final int CLIENTS = 3;
    private static final int ROUNDS = 2;
    private static final String ENTRY = "masked";

    /** Of the clients: how many samples each has, and by how much each moves all weights. */
    private static final int[] SAMPLES = {1000, 2000, 3000};

    private static final double[] SHIFTS = {0.01, -0.02, 0.05};
    private static final double[] ACCURACIES = {0.5, 0.75, 1.0};

    /** Half a step of each client and round, and the rounding of float32. */
    private static final double QUANTISATION = 1e-5;

    private static final String PYTHON = """
            #!/bin/sh
            PYTHONPATH="%s${PYTHONPATH:+:$PYTHONPATH}" exec python3 "$@"
            """;

    @TempDir
    Path root;

    private DirectSite site;
    private Path python;
    private Path model;

    @BeforeEach
    void layOut() throws Exception {
        site = new DirectSite(root, CLIENTS);
        Path stub = site.directory("stub/torch");
        Files.writeString(stub.resolve("__init__.py"), "");
        python = Files.writeString(site.directory("bin").resolve("python"), PYTHON.formatted(stub.getParent()));
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
        model = site.source("examples/mnist/pytorch/model/init_model.pth");
    }

    @AfterEach
    void end() {
        site.close();
    }

    @Test
    void givesTheModelAndTheMetricsOfPlainAveraging() throws Exception {
        configure(CLIENTS);
        startClients();

        int exit = site.awaitEnd(site.startCoordinator());

        assertThat(exit).as(site.coordinatorLog()).isZero();
        assertShift(ROUNDS * mean(0, 1, 2));
        assertThat(site.json("fl_masked-job_output_V0/metrics.json")
                        .path("accuracy")
                        .get(0)
                        .asDouble())
                .isCloseTo((1000 * 0.5 + 2000 * 0.75 + 3000 * 1.0) / 6000, offset(1e-6));
        assertThat(updatesInClear()).isEmpty();
    }

    @Test
    void goesOnWithoutAClientThatIsKilledWhileItMasks() throws Exception {
        configure(2);
        List<Process> clients = startClients();
        Process coordinator = site.startCoordinator();
        site.awaitLog("MASKING_OPENED");
        site.killClient(2, clients.get(2));

        int exit = site.awaitEnd(coordinator);

        assertThat(exit).as(site.coordinatorLog()).isZero();
        List<Double> possible = List.of(2 * mean(0, 1), mean(0, 1) + mean(0, 1, 2), 2 * mean(0, 1, 2));
        assertThat(possible).anySatisfy(this::assertShift);
    }

    @Test
    void masksAnewWhatWasTrainedWhenTheCoordinatorIsKilled() throws Exception {
        configure(CLIENTS);
        startClients();
        Process killed = site.startCoordinator();
        site.awaitLog("MASKING_OPENED");
        killed.destroyForcibly().waitFor();

        int exit = site.awaitEnd(site.startCoordinator());

        assertThat(exit).as(site.coordinatorLog()).isZero();
        assertThat(site.coordinatorLog()).contains("RUN_RESUMED");
        // A kill while the masks came off costs that round: nothing of it is masked a second time.
        assertThat(List.of(mean(0, 1, 2), ROUNDS * mean(0, 1, 2))).anySatisfy(this::assertShift);
    }

    @Test
    void masksWithClientsThatAnAuthorityVouchesForAndNoOther() throws Exception {
        configure(2);
        ClientAuthority trusted = new ClientAuthority(root.resolve("trusted"));
        ClientAuthority another = new ClientAuthority(root.resolve("another"));
        for (int index = 0; index < CLIENTS; index++) {
            Path identity = root.resolve("client_" + index + "/lmdb/identity");
            Path certificate = (index < 2 ? trusted : another).client("client-" + index, identity);
            ObjectNode setup = JobJson.newObject();
            setup.putObject("secure_aggregation")
                    .put("ca_file", trusted.certificate().toString())
                    .put("certificate_file", certificate.toString());
            startClient(index, setup);
        }

        int exit = site.awaitEnd(site.startCoordinator());

        assertThat(exit).as(site.coordinatorLog()).isZero();
        assertThat(site.coordinatorLog())
                .contains("threat_model: active")
                .contains("The authority that this client trusts does not vouch for client c-")
                .containsOnlyOnce("MASKING_EXCLUDED");
        assertShift(ROUNDS * mean(0, 1));
    }

    private void configure(int threshold) throws IOException {
        ObjectNode job = JobJson.newObject().put("task_entry", ENTRY);
        job.putObject("hyper_parameters")
                .put("max_round_num", ROUNDS)
                .put("client_num", CLIENTS)
                .put("threshold_client_num", threshold)
                .put("evaluate_interval", 0)
                .put("save_interval", 0)
                .put("collect_window", 60);
        job.putObject("secure_algorithm")
                .put("type", "SSA")
                .put("mode", "doublemask")
                .put("threshold", threshold);
        site.configure("masked-job", "pytorch", model, ROUNDS, job);
    }

    private List<Process> startClients() throws IOException {
        List<Process> clients = new ArrayList<>();
        for (int index = 0; index < CLIENTS; index++) {
            clients.add(startClient(index, JobJson.newObject()));
        }
        return clients;
    }

    /** @param more of its setup */
    private Process startClient(int index, ObjectNode more) throws IOException {
        Path entries = site.directory("client_" + index + "/task_entrys");
        DirectSite.copy("masked", entries.resolve(ENTRY), "train.py", "evaluate.py");
        ObjectNode task = JobJson.newObject().put("script_path", ENTRY);
        section(task, "train")
                .put("--samples", SAMPLES[index])
                .put("--shift", SHIFTS[index])
                .put("--loss", 0.25);
        section(task, "evaluate").put("--samples", SAMPLES[index]).put("--accuracy", ACCURACIES[index]);
        Files.writeString(entries.resolve(ENTRY + ".json"), JobJson.pretty(task));
        return site.startClient(index, "pytorch", python, JobJson.newObject(), more);
    }

    private static ObjectNode section(ObjectNode task, String name) {
        return task.putObject(name)
                .put("timeout", 10)
                .put("command", "python3")
                .put("entry", name + ".py")
                .putObject("params");
    }

    private static double mean(int... clients) {
        double weighted = 0;
        double samples = 0;
        for (int client : clients) {
            weighted += SAMPLES[client] * SHIFTS[client];
            samples += SAMPLES[client];
        }
        return weighted / samples;
    }

    /** Every weight of the final model is so far from where it began. */
    private void assertShift(double expected) {
        Path last = site.output("fl_masked-job_output_V0/checkpoints/checkpoint_v1/checkpoint_" + ROUNDS + ".pth");
        Path earlier = site.output("fl_masked-job_output_V0/checkpoints/checkpoint_v1/checkpoint_1.pth");
        try (ModelFile before = ModelFiles.open(model);
                ModelFile after = ModelFiles.open(Files.exists(last) ? last : earlier)) {
            for (NamedTensor tensor : after.tensors().tensors()) {
                NamedTensor was = before.tensors().get(tensor.spec().name());
                for (long element : new long[] {
                    0, tensor.spec().elements() / 2, tensor.spec().elements() - 1
                }) {
                    assertThat(tensor.at(element) - was.at(element))
                            .as(tensor.spec().name())
                            .isCloseTo(expected, offset(QUANTISATION));
                }
            }
        }
    }

    /** Updates as they are, in what scripts can see or what is delivered. */
    private List<Path> updatesInClear() throws IOException {
        List<Path> found = new ArrayList<>();
        for (int index = 0; index < CLIENTS; index++) {
            try (Stream<Path> files = Files.walk(root.resolve("client_" + index + "/workspace"))) {
                files.filter(file -> file.getFileName().toString().startsWith("delta_weights"))
                        .forEach(found::add);
            }
        }
        return found;
    }
}
