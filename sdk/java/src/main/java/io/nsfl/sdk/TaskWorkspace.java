package io.nsfl.sdk;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The files of one task, by the names that the executor reads and writes.
 *
 * @param directory the task's workspace
 * @param chief whether this worker speaks for the task
 */
record TaskWorkspace(Path directory, boolean chief) {
    static TaskWorkspace current() {
        String directory = System.getenv("TASK_WORKSPACE");
        if (directory == null || directory.isEmpty()) {
            throw new TaskException(
                    "TASK_WORKSPACE is not set: this function works only in a script that a federated task runs. "
                            + "To try the script alone, set TASK_WORKSPACE to a directory with an init_weights.zip.");
        }
        String worker = System.getenv("WORKER_INDEX");
        return new TaskWorkspace(Path.of(directory), worker == null || worker.equals("0"));
    }

    Path initialWeights() {
        return directory.resolve("init_weights.zip");
    }

    Path trainedModel() {
        return directory.resolve("trained_model.zip");
    }

    Path metrics() {
        return directory.resolve("metrics.json");
    }

    /** What scaffold adds to the gradients, as a model file. */
    Path controlCorrection() {
        return directory.resolve("control_correction.zip");
    }

    /** How a scaffold optimizer stepped. */
    Path controlReport() {
        return directory.resolve("control.json");
    }

    /** The gradient at the round's model, as a model file. */
    Path controlGradient() {
        return directory.resolve("control_gradient.zip");
    }

    Path preparedParameters() {
        return directory.resolve("prepared_param.json");
    }

    Path resultParameters() {
        return directory.resolve("result_param.json");
    }

    Path prepared(String name) {
        return inside("prepared", name);
    }

    byte[] readPrepared(String name) {
        try {
            return Files.readAllBytes(prepared(name));
        } catch (NoSuchFileException e) {
            throw new TaskException("The job's extender sent no file " + name, e);
        } catch (IOException e) {
            throw new TaskException("Cannot read the file " + name + ": " + e.getMessage(), e);
        }
    }

    OutputStream openResult(String name) throws IOException {
        Path file = inside("result", name);
        Files.createDirectories(file.getParent());
        return Files.newOutputStream(file);
    }

    private Path inside(String folder, String name) {
        Path root = directory.resolve(folder).toAbsolutePath().normalize();
        Path file = root.resolve(name).normalize();
        if (file.equals(root) || !file.startsWith(root)) {
            throw new TaskException("The file name " + name + " leads out of " + folder + "/");
        }
        return file;
    }
}
