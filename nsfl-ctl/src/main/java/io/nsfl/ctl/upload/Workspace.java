package io.nsfl.ctl.upload;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.LenientJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A job's directory in the shape of the guide: config.json, model/, scripts/, extender/.
 *
 * <p>{@link #job} is the job object with the paths that the files will have in the namespace: {@code fl-<id>/…}.
 */
public record Workspace(Path directory, ObjectNode job, String id) {
    private static final List<String> MODEL_SUFFIXES = List.of(".h5", ".pth", ".pt", ".zip", ".safetensors");

    /** @throws FaultException CONFIGURATION_INVALID naming what the directory lacks */
    public static Workspace read(Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        ObjectNode job = JobFile.read(absolute.resolve("config.json"));
        String id = JobFile.id(job)
                .orElseThrow(() -> refused(
                        absolute.resolve("config.json") + " has no id: give the job one, such as \"id\": \"mnist\""));
        String prefix = "fl-" + id;
        if (!job.has("model_id") && !job.has("checkpoint_id")) {
            job.put(
                    "model_path",
                    prefix + "/model/" + model(absolute.resolve("model")).getFileName());
        }
        // A job with the clients' own task_entry needs no scripts; a directory left empty asks for none.
        if (Files.isDirectory(absolute.resolve("scripts"))
                && !(job.has("task_entry") && isEmpty(absolute.resolve("scripts")))) {
            if (!(job.get("scripts") instanceof ObjectNode scripts)) {
                throw refused(absolute + " has scripts/ but its config.json has no scripts: add "
                        + "\"scripts\": {\"config_file\": \"<task config in scripts/>\"}");
            }
            scripts.put("path", prefix + "/scripts");
        }
        if (Files.isDirectory(absolute.resolve("extender"))) {
            String key = job.has("extenders") ? "extenders" : "extender";
            if (!(job.get(key) instanceof ObjectNode extender)) {
                throw refused(absolute
                        + " has extender/ but its config.json has no extender: add it, or remove the directory");
            }
            extender.put("script_path", prefix + "/extender");
        }
        return new Workspace(absolute, job, id);
    }

    /** Directory of the files in the namespace. */
    public String prefix() {
        return "fl-" + id;
    }

    /** Whether there are scripts that the job has no use for: an empty directory beside the clients' own task_entry. */
    public boolean passesOverScripts() {
        return Files.isDirectory(directory.resolve("scripts"))
                && !job.path("scripts").has("path");
    }

    private static boolean isEmpty(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        } catch (IOException e) {
            throw refused(directory + " cannot be read");
        }
    }

    private static Path model(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> MODEL_SUFFIXES.stream()
                            .anyMatch(suffix -> file.getFileName().toString().endsWith(suffix)))
                    .sorted()
                    .findFirst()
                    .orElseThrow(() -> refused(directory + " has no model file: put one there that ends in "
                            + String.join(", ", MODEL_SUFFIXES)));
        } catch (IOException e) {
            throw refused(directory + " is missing: put the initial model there, or name model_id in config.json");
        }
    }

    private static FaultException refused(String message) {
        return new FaultException(Fault.CONFIGURATION_INVALID, message);
    }

    /** The job object as a file holds it. */
    public static final class JobFile {
        private JobFile() {}

        public static ObjectNode read(Path file) {
            if (!Files.isRegularFile(file)) {
                throw refused(file + " is missing");
            }
            return LenientJson.readObject(file);
        }

        public static Optional<String> id(ObjectNode job) {
            JsonNode id = job.get("id");
            return id == null || !id.isString() || id.asString().isBlank()
                    ? Optional.empty()
                    : Optional.of(id.asString());
        }
    }
}
