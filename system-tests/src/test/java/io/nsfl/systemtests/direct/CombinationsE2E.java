package io.nsfl.systemtests.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.modelformats.ModelFile;
import io.nsfl.modelformats.ModelFiles;
import io.nsfl.protocol.job.Feature;
import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every pair of features that combines, as docs/composition.md has it, in a job of two rounds with real coordinators, task-managers,
 * executors and scripts. All clients move all weights by the same amount, so that what the model comes to is known.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(1200)
class CombinationsE2E {
    private static final int CLIENTS = 3;
    private static final int ROUNDS = 2;
    private static final double SHIFT = 0.01;

    /** Lines of the coordinator's log that a failure shows. */
    private static final int WORDS = 30;

    private static final String ENTRY = "combined";
    private static final String LOCAL = "5.bias";
    private static final String LARGEST = "1.weight";

    /** Half a step of int8 or bf16 in both rounds, and the noise of the private jobs. */
    private static final double BLUR = 3e-4;

    /** The least that mode distributed allows still moves single weights: twelve deviations in two rounds of three clients. */
    private static final double LEAST_SHARED_NOISE = 0.01;

    private static final double SHARED_BLUR = 12 * Math.sqrt(2) * 0.01 * 5 / 3 * Math.sqrt(1.5);

    /** ScaffoldE2E has its pairs. */
    private static final Set<Feature> FEATURES = EnumSet.complementOf(EnumSet.of(Feature.SCAFFOLD));

    /** They step in the direction of the mean, but not as far, or not with all weights. */
    private static final Set<Feature> OTHER_STEPS =
            EnumSet.of(Feature.ADAPTIVE_SERVER, Feature.QFEDAVG, Feature.FEDBUFF, Feature.TOPK);

    private static final String PYTHON = """
            #!/bin/sh
            PYTHONPATH="%s${PYTHONPATH:+:$PYTHONPATH}" exec python3 "$@"
            """;

    private DirectSite site;
    private Path model;

    @BeforeAll
    void startClients(@TempDir Path root) throws Exception {
        site = new DirectSite(root, CLIENTS);
        Path stub = site.directory("stub/torch");
        Files.writeString(stub.resolve("__init__.py"), "");
        Path python = Files.writeString(site.directory("bin").resolve("python"), PYTHON.formatted(stub.getParent()));
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
        DirectSite.copy("combined", site.directory("extender"), "extender.py");
        model = site.source("examples/mnist/pytorch/model/init_model.pth");
        for (int index = 0; index < CLIENTS; index++) {
            Path entries = site.directory("client_" + index + "/task_entrys");
            DirectSite.copy("combined", entries.resolve(ENTRY), "train.py", "evaluate.py");
            ObjectNode task = JobJson.newObject().put("script_path", ENTRY);
            section(task, "train").put("--samples", 1000).put("--shift", SHIFT);
            section(task, "evaluate");
            Files.writeString(entries.resolve(ENTRY + ".json"), JobJson.pretty(task));
            site.startClient(index, "pytorch", python, JobJson.newObject());
        }
    }

    @AfterAll
    void end() {
        site.close();
    }

    @TestFactory
    Stream<DynamicTest> everyPairThatCombines() {
        List<Set<Feature>> jobs = Coverings.of(FEATURES);
        return Stream.iterate(0, job -> job < jobs.size(), job -> job + 1)
                .map(job -> DynamicTest.dynamicTest(jobs.get(job).toString(), () -> play("job-" + job, jobs.get(job))));
    }

    private void play(String name, Set<Feature> features) throws Exception {
        site.configure(name, "pytorch", model, ROUNDS, asking(features));
        int told = site.coordinatorLog().length();
        Process coordinator = site.startCoordinator(
                Map.of("EXTENDER_PYTHON", DirectSite.pytorch().toString()));
        try {
            assertThat(site.awaitEnd(coordinator)).as(this::lastWords).isZero();
        } finally {
            coordinator.destroyForcibly().waitFor();
        }
        if (features.contains(Feature.DOWNLINK_DELTA)) {
            assertThat(site.coordinatorLog().substring(told)).contains("goes out as a delta");
        }

        try (ModelFile before = ModelFiles.open(model);
                ModelFile after = ModelFiles.open(site.checkpoint(name, ROUNDS))) {
            for (NamedTensor tensor : after.tensors().tensors()) {
                check(tensor, before.tensors().get(tensor.spec().name()), features);
            }
        }
    }

    private String lastWords() {
        try {
            List<String> lines = site.coordinatorLog().lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - WORDS), lines.size()));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static void check(NamedTensor after, NamedTensor before, Set<Feature> features) {
        String name = after.spec().name();
        boolean local = features.contains(Feature.LOCAL_LAYERS) && name.equals(LOCAL);
        boolean otherStep = features.stream().anyMatch(OTHER_STEPS::contains);
        double blur = features.contains(Feature.DP_DISTRIBUTED) ? SHARED_BLUR : BLUR;
        double sum = 0;
        for (long i = 0; i < after.spec().elements(); i++) {
            double moved = after.at(i) - before.at(i);
            sum += moved;
            if (local) {
                assertThat(moved).as(name).isZero();
            } else if (!otherStep) {
                assertThat(moved).as(name).isCloseTo(ROUNDS * SHIFT, offset(blur));
            } else if (!features.contains(Feature.ADAPTIVE_SERVER)) {
                assertThat(moved).as(name).isGreaterThanOrEqualTo(-blur);
            }
        }
        if (name.equals(LARGEST)) {
            double mean = sum / after.spec().elements();
            assertThat(mean).as("mean of " + name).isGreaterThan(otherStep ? 1e-5 : ROUNDS * SHIFT - BLUR);
        }
    }

    private ObjectNode asking(Set<Feature> features) throws IOException {
        ObjectNode job = JobJson.newObject().put("task_entry", ENTRY);
        job.putObject("hyper_parameters")
                .put("max_round_num", ROUNDS)
                .put("client_num", CLIENTS)
                .put("threshold_client_num", CLIENTS)
                .put("evaluate_interval", 1)
                .put("save_interval", 0);
        for (Feature feature : features) {
            switch (feature) {
                case ADAPTIVE_SERVER -> {
                    aggregation(job, "fedadam");
                    ((ObjectNode) job.get("hyper_parameters")).put("learning_rate", 0.01);
                }
                case FEDNOVA -> aggregation(job, "fednova").put("client_learning_rate", 0.1);
                case QFEDAVG -> aggregation(job, "qfedavg").put("client_learning_rate", 0.1);
                case FEDBUFF -> aggregation(job, "fedbuff").put("buffer_size", 2);
                case ROBUST -> aggregation(job, "median");
                case NORM_BOUND -> aggregation(job, "norm_bound").put("norm_bound", 100);
                case OWN_AGGREGATION -> {
                    aggregation(job, "extender");
                    extender(job);
                }
                case EXTENDER_AGGREGATE -> extender(job);
                case FEDPROX -> {
                    job.putObject("optimizer").put("name", "fedprox");
                    job.putObject("parameters").put("--optimizer", "fedprox");
                }
                case LOCAL_LAYERS -> job.putArray("local_layers").add(LOCAL);
                case DP_LOCAL -> privacy(job, "local");
                case DP_CENTRAL -> privacy(job, "central");
                case DP_DISTRIBUTED -> {
                    privacy(job, "distributed").put("noise_multiplier", LEAST_SHARED_NOISE);
                    masks(job);
                }
                case SSA -> masks(job);
                case HALF -> job.withObjectProperty("compression").put("name", "bf16");
                case INT8 -> job.withObjectProperty("compression").put("name", "int8");
                case TOPK ->
                    job.withObjectProperty("compression")
                            .put("name", "topk")
                            .putObject("params")
                            .put("fraction", 0.1);
                case EARLY_STOP -> job.putObject("early_stop").put("metric", "accuracy");
                case DOWNLINK_DELTA -> job.withObjectProperty("compression").put("downlink", "delta");
                case SCAFFOLD -> throw new AssertionError(feature + " is not among the features");
            }
        }
        return job;
    }

    private static ObjectNode aggregation(ObjectNode job, String name) {
        return job.putObject("aggregation").put("name", name).putObject("params");
    }

    private void extender(ObjectNode job) throws IOException {
        job.putObject("extender")
                .put("script_path", site.directory("extender").toString())
                .put("entry", "extender.py")
                .put("aggregate", "take")
                .put("finish", "end");
    }

    /** So little noise that the model tells whether all else is right. */
    private static ObjectNode privacy(ObjectNode job, String mode) {
        return job.putObject("differential_privacy")
                .put("mode", mode)
                .put("noise_multiplier", 1e-6)
                .put("clip_norm", 5)
                .put("evaluation", "public");
    }

    private static void masks(ObjectNode job) {
        job.putObject("secure_algorithm").put("type", "SSA").put("mode", "doublemask");
    }

    private static ObjectNode section(ObjectNode task, String name) {
        return task.putObject(name)
                .put("timeout", 10)
                .put("command", "python3")
                .put("entry", name + ".py")
                .putObject("params");
    }
}
