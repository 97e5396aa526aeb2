package io.nsfl.scheduler.intake;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
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
import tools.jackson.databind.node.ObjectNode;

/** Checks a job against the files below its namespace, all faults at once. */
final class WorkspaceCheck {
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
        requireNamespace(job.key().namespace());
        List<FaultException> faults = new ArrayList<>();
        collect(faults, () -> files.below(job.key().namespace(), job.output()));
        collect(faults, () -> requireModel(job, stored));
        job.scripts()
                .ifPresent(scripts ->
                        collect(faults, () -> requireScripts(job.key().namespace(), scripts)));
        if (faults.size() == 1) {
            throw faults.getFirst();
        }
        if (!faults.isEmpty()) {
            List<Violation> violations = faults.stream()
                    .map(fault -> new Violation("$", fault.fault().name(), fault.getMessage()))
                    .toList();
            String sentence = String.join(
                    " ", faults.stream().map(FaultException::getMessage).toList());
            throw new FaultException(Fault.REQUEST_INVALID, sentence, violations);
        }
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

    private static void collect(List<FaultException> faults, Runnable check) {
        try {
            check.run();
        } catch (FaultException fault) {
            faults.add(fault);
        }
    }
}
