package io.nsfl.taskmanager.fetch;

import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.modelformats.ModelFile;
import io.nsfl.modelformats.ModelFiles;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactKind;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TensorRule;
import io.nsfl.protocol.v1.TensorTreatment;
import io.nsfl.taskmanager.dataset.AccountedDatasets;
import io.nsfl.taskmanager.quota.StorageQuota;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes a task's workspace, as scripts and SDK expect it, of the description and the fetched files. Repeating it makes it anew. */
public final class WorkspaceBuild {
    private static final long MAX_SCRIPTS = 1L << 30;

    private static final String DATASETS = "datasets.json";

    private final Path taskConfigs;
    private final AccountedDatasets accounted;

    /**
     * @param taskConfigs directory of the client's own task configs
     * @param accounted datasets of which scripts are told only those that their job names
     */
    public WorkspaceBuild(Path taskConfigs, AccountedDatasets accounted) {
        this.taskConfigs = taskConfigs;
        this.accounted = accounted;
    }

    /**
     * @param files where the description's artifacts are
     * @param localLayers what this client has of the tensors that never leave it; empty = what the job began with
     * @throws FaultException TASK_CONFIG_INVALID without a usable task config; what the model's formats and the archive say
     */
    void build(Path workspace, TaskDescription description, Map<Artifact, Path> files, Optional<Path> localLayers)
            throws IOException {
        StorageQuota.delete(workspace);
        Files.createDirectories(workspace.resolve("result"));
        Path prepared = Files.createDirectories(workspace.resolve("prepared"));
        String parameters = description.getPreparedParamsJson();
        Files.writeString(workspace.resolve("prepared_param.json"), parameters.isBlank() ? "{}" : parameters);
        for (Map.Entry<Artifact, Path> entry : files.entrySet()) {
            Artifact artifact = entry.getKey();
            if (artifact.getKind() == ArtifactKind.ARTIFACT_KIND_PREPARED_FILE) {
                Path target = confined(prepared, artifact.getName());
                Files.createDirectories(target.getParent());
                Files.copy(entry.getValue(), target, StandardCopyOption.REPLACE_EXISTING);
            } else if (artifact.getKind() == ArtifactKind.ARTIFACT_KIND_SCRIPTS) {
                ScriptsArchive.extract(entry.getValue(), workspace.resolve("scripts"), MAX_SCRIPTS);
            }
        }
        if (tellsSome(description)) {
            Files.write(workspace.resolve(DATASETS), JobJson.bytes(accounted.charged(description.getDatasetsList())));
        }
        writeModel(workspace, description, files, localLayers);
        Path config = taskConfig(workspace, description);
        if (!Files.isRegularFile(config)) {
            throw new FaultException(
                    Fault.TASK_CONFIG_INVALID,
                    "The task config " + config.getFileName() + " does not exist in "
                            + (description.getTaskEntry().isEmpty() ? "the job's scripts" : taskConfigs.toString())
                            + ".");
        }
    }

    private void writeModel(
            Path workspace, TaskDescription description, Map<Artifact, Path> files, Optional<Path> localLayers) {
        Path template = file(files, ArtifactKind.ARTIFACT_KIND_TEMPLATE);
        Path weights = file(files, ArtifactKind.ARTIFACT_KIND_WEIGHTS);
        String suffix = description.getModelSuffix();
        if (!suffix.matches("\\.[a-z0-9]{1,16}")) {
            throw new FaultException(Fault.REQUEST_INVALID, "The task names no suffix of its model file.");
        }
        try (ModelFile model = ModelFiles.open(template);
                SafetensorsFile values = SafetensorsFile.open(weights)) {
            Path target = workspace.resolve("init_weights" + suffix);
            if (localLayers.isEmpty()) {
                model.writeCopy(values.tensors(), target);
                return;
            }
            try (SafetensorsFile own = SafetensorsFile.open(localLayers.get())) {
                model.writeCopy(withOwn(values.tensors(), own.tensors(), description), target);
            }
        }
    }

    /** The round's weights, but of the tensors that stay here this client's own. */
    private static TensorSet withOwn(TensorSet weights, TensorSet own, TaskDescription description) {
        Set<String> local = description.getTensorsList().stream()
                .filter(rule -> rule.getTreatment() == TensorTreatment.TENSOR_TREATMENT_LOCAL)
                .map(TensorRule::getName)
                .collect(Collectors.toSet());
        return new TensorSet(weights.tensors().stream()
                .map(tensor -> local.contains(tensor.spec().name())
                        ? own.find(tensor.spec().name())
                                .filter(kept -> kept.spec().sameLayout(tensor.spec()))
                                .orElse(tensor)
                        : tensor)
                .toList());
    }

    /** The file of this kind; every task has base weights and a template. */
    public static Path file(Map<Artifact, Path> files, ArtifactKind kind) {
        return files.entrySet().stream()
                .filter(entry -> entry.getKey().getKind() == kind)
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new FaultException(
                        Fault.REQUEST_INVALID, "The coordinator's task names no artifact of kind " + kind + "."));
    }

    private boolean tellsSome(TaskDescription description) {
        return accounted.some(description.getDatasetsList());
    }

    /** The file by which the task's scripts find data. @param all names all of this client's; empty = it has none */
    public Optional<Path> datasets(Path workspace, TaskDescription description, Optional<Path> all) {
        return tellsSome(description) ? Optional.of(workspace.resolve(DATASETS)) : all;
    }

    /** The task config of this task: the client's own, or the one in the scripts. */
    public Path taskConfig(Path workspace, TaskDescription description) {
        return description.getTaskEntry().isEmpty()
                ? confined(workspace.resolve("scripts"), description.getConfigFile())
                : confined(taskConfigs, description.getTaskEntry() + ".json");
    }

    private static Path confined(Path root, String name) {
        Path path = name.isBlank() || name.indexOf('\0') >= 0
                ? root
                : root.resolve(name).normalize();
        if (!path.startsWith(root) || path.equals(root)) {
            throw new FaultException(Fault.TASK_CONFIG_INVALID, "\"" + name + "\" does not name a file of the task.");
        }
        return path;
    }

    /** The archives of scripts among these artifacts. */
    static List<Artifact> scripts(TaskDescription description) {
        return description.getArtifactsList().stream()
                .filter(artifact -> artifact.getKind() == ArtifactKind.ARTIFACT_KIND_SCRIPTS)
                .toList();
    }
}
