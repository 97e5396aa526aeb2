package io.nsfl.scheduler.intake;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
import io.nsfl.protocol.job.ExtenderConfig;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.LenientJson;
import io.nsfl.protocol.job.Scripts;
import io.nsfl.protocol.job.TaskConfigReader;
import io.nsfl.scheduler.job.Job;
import io.nsfl.scheduler.launch.JobFiles;
import io.nsfl.scheduler.launch.StartModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** Checks a job against the files below its namespace, all faults at once. */
final class WorkspaceCheck {
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private final JobFiles files;
    private final StartModel models;

    WorkspaceCheck(JobFiles files, StartModel models) {
        this.files = files;
        this.models = models;
    }

    /**
     * @param stored the job before, whose checkpoints it may start from; empty = a new job
     * @throws FaultException the fault, or REQUEST_INVALID with all of them if there are several
     */
    void check(JobConfig job, Optional<Job> stored) {
        String namespace = job.key().namespace();
        requireNamespace(namespace);
        List<Found> found = new ArrayList<>();
        collect(found, "$.output", job.output(), () -> files.below(namespace, job.output()));
        if (job.checkpointId().isPresent()) {
            collect(found, "$.checkpoint_id", job.checkpointId().get(), () -> requireModel(job, stored));
        } else if (job.modelId().isPresent()) {
            collect(found, "$.model_id", job.modelId().get(), () -> requireModel(job, stored));
        } else {
            collect(found, "$.model_path", job.modelPath().orElse(""), () -> requireModel(job, stored));
        }
        job.scripts()
                .ifPresent(scripts ->
                        collect(found, "$.scripts", scripts.path(), () -> requireScripts(namespace, scripts)));
        job.method()
                .extender()
                .ifPresent(extender -> collect(
                        found, "$.extender", extender.scriptPath(), () -> requireExtender(namespace, extender)));
        if (found.size() == 1) {
            throw found.getFirst().fault();
        }
        if (!found.isEmpty()) {
            String sentence = String.join(
                    " ", found.stream().map(one -> one.fault().getMessage()).toList());
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    sentence,
                    found.stream().map(Found::violation).toList());
        }
    }

    /** What the files say about those fields of a refused job that are well formed, so that the answer is complete. */
    List<Violation> alsoWrong(String namespace, ObjectNode posted, List<Violation> refused) {
        Set<String> paths = refused.stream().map(Violation::path).collect(Collectors.toSet());
        List<Found> found = new ArrayList<>();
        if (!NAMESPACE.matcher(namespace).matches() || !Files.isDirectory(files.namespace(namespace))) {
            return List.of();
        }
        String model = posted.path("model_path").asString("");
        boolean decides = posted.path("model_id").asString("").isBlank()
                && posted.path("checkpoint_id").asString("").isBlank();
        if (decides && !model.isBlank() && !paths.contains("$.model_path")) {
            collect(found, "$.model_path", model, () -> models.path(namespace, model));
        }
        String directory = posted.path("scripts").path("path").asString("");
        String config = posted.path("scripts").path("config_file").asString("");
        if (!directory.isBlank()
                && !config.isBlank()
                && paths.stream().noneMatch(path -> path.startsWith("$.scripts"))) {
            collect(found, "$.scripts", directory, () -> requireScripts(namespace, new Scripts(directory, config)));
        }
        return found.stream().map(Found::violation).toList();
    }

    private void requireNamespace(String namespace) {
        Path directory = files.namespace(namespace);
        if (!Files.isDirectory(directory)) {
            throw new FaultException(
                    Fault.NAMESPACE_ABSENT,
                    "Namespace %s has no directory: make it with \"mkdir -p %s\" (with S3 storage: make the bucket %s)."
                            .formatted(namespace, directory, namespace));
        }
    }

    private void requireModel(JobConfig config, Optional<Job> stored) {
        if (stored.isPresent()) {
            models.of(stored.get(), config);
        } else {
            models.ofNew(config);
        }
    }

    private void requireScripts(String namespace, Scripts scripts) {
        Path directory = files.below(namespace, scripts.path());
        if (!Files.isDirectory(directory)) {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    "The scripts path %s is not a directory of namespace %s: upload it, or correct scripts.path."
                            .formatted(scripts.path(), namespace));
        }
        Path config = files.below(namespace, scripts.path() + "/" + scripts.configFile());
        if (!Files.isRegularFile(config)) {
            throw new FaultException(
                    Fault.TASK_CONFIG_INVALID,
                    "The task config %s does not exist in the scripts path %s: upload it, or correct scripts.config_file."
                            .formatted(scripts.configFile(), scripts.path()));
        }
        TaskConfigReader.read(read(config, scripts))
                .orThrow(Fault.TASK_CONFIG_INVALID, "The task config " + scripts.configFile());
    }

    private void requireExtender(String namespace, ExtenderConfig extender) {
        Path entry = files.below(namespace, extender.scriptPath() + "/" + extender.entry());
        if (!Files.isRegularFile(entry)) {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    "The extender's entry %s does not exist in its script_path %s of namespace %s: upload it, or correct extender."
                            .formatted(extender.entry(), extender.scriptPath(), namespace));
        }
    }

    private static ObjectNode read(Path config, Scripts scripts) {
        try {
            return LenientJson.readObject(config);
        } catch (FaultException unreadable) {
            throw new FaultException(
                    Fault.TASK_CONFIG_INVALID,
                    "The task config %s cannot be read: %s".formatted(scripts.configFile(), unreadable.getMessage()),
                    unreadable);
        }
    }

    /** A fault at a field. */
    private record Found(String path, String given, FaultException fault) {
        Violation violation() {
            return new Violation(path, given, fault.getMessage());
        }
    }

    private static void collect(List<Found> found, String path, String given, Runnable check) {
        try {
            check.run();
        } catch (FaultException fault) {
            found.add(new Found(path, given, fault));
        }
    }
}
