package io.nsfl.systemtests.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.job.JobJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Scripts and a model as they were written for TensorFlow 2.4 run with the current one; the client gets them from the server. */
@Timeout(360)
class OldWorkspaceE2E {
    private static final double ACCURATE = 0.8;

    @TempDir
    Path root;

    @Test
    void aWorkspaceOfTheTimeOfKeras2Trains() throws Exception {
        Path python = python();
        try (DirectSite site = new DirectSite(root, 1)) {
            Path workspace = site.directory("workspace");
            DirectSite.copy("old-workspace", workspace, "make.py");
            DirectSite.copy(
                    "old-workspace/scripts",
                    workspace.resolve("scripts"),
                    "mnist.json",
                    "layers.txt",
                    "net.py",
                    "train.py",
                    "evaluate.py");
            Path model = workspace.resolve("init_model.h5");
            Path dataset = workspace.resolve("mnist.npz");
            make(python, workspace.resolve("make.py"), model, dataset);
            ObjectNode job = JobJson.newObject().put("datasets", "tf_mnist");
            job.putObject("scripts")
                    .put("path", workspace.resolve("scripts").toString())
                    .put("config_file", "mnist.json");
            job.putObject("parameters").put("--epochs", 3);
            site.configure("old-mnist", "TensorFlow", model, 2, job);

            site.startClient(0, "tensorflow", python, JobJson.newObject().put("tf_mnist", dataset.toString()));
            int exit = site.awaitEnd(site.startCoordinator());

            assertThat(exit).as(site.coordinatorLog()).isZero();
            assertThat(site.output("fl_old-mnist_output_V0/checkpoints/checkpoint_v1/checkpoint_2.h5"))
                    .isRegularFile();
            assertThat(site.json("fl_old-mnist_output_V0/metrics.json")
                            .path("accuracy")
                            .path(0)
                            .asDouble())
                    .isGreaterThan(ACCURATE);
        }
    }

    /** NSFL_PYTHON_TENSORFLOW names another interpreter than the one that ./nsfl makes. */
    private static Path python() {
        Path python = Optional.ofNullable(System.getenv("NSFL_PYTHON_TENSORFLOW"))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".nsfl/python/tensorflow/bin/python"));
        assertThat(python)
                .as("There is no Python with TensorFlow at " + python + "; ./nsfl test makes it.")
                .isExecutable();
        return python;
    }

    private void make(Path python, Path script, Path model, Path dataset) throws Exception {
        Path log = root.resolve("make.log");
        int exit = new ProcessBuilder(python.toString(), script.toString(), model.toString(), dataset.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        assertThat(exit).as(Files.readString(log)).isZero();
    }
}
