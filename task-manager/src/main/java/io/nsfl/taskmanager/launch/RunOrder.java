package io.nsfl.taskmanager.launch;

import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactKind;
import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.taskmanager.fetch.WorkspaceBuild;
import io.nsfl.taskmanager.task.TaskFiles;
import io.nsfl.taskmanager.task.TaskRecord;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What an executor is told about a task whose workspace is complete.
 *
 * @param cache directory of the fetched artifacts
 * @param datasets the file that names all data of this client; absent = it has none
 */
public record RunOrder(TaskFiles files, WorkspaceBuild build, Path cache, Optional<Path> datasets) {
    RunTaskRequest of(TaskRecord task) {
        TaskDescription description = task.description().orElseThrow();
        Path workspace = files.running(task);
        return RunTaskRequest.newBuilder()
                .setDescription(description)
                .setWorkspace(workspace.toString())
                .setTaskConfig(build.taskConfig(workspace, description).toString())
                .setDatasetsFile(build.datasets(workspace, description, datasets)
                        .map(Path::toString)
                        .orElse(""))
                .setBaseWeights(artifact(description, ArtifactKind.ARTIFACT_KIND_WEIGHTS))
                .setTemplate(artifact(description, ArtifactKind.ARTIFACT_KIND_TEMPLATE))
                .setControlVariates(artifact(description, ArtifactKind.ARTIFACT_KIND_CONTROL_VARIATES))
                .setResources(task.resources())
                .setStart(task.kills())
                .build();
    }

    private String artifact(TaskDescription description, ArtifactKind kind) {
        return description.getArtifactsList().stream()
                .filter(artifact -> artifact.getKind() == kind)
                .findFirst()
                .map(this::path)
                .orElse("");
    }

    private String path(Artifact artifact) {
        return cache.resolve(HexFormat.of().formatHex(artifact.getSha256().toByteArray()))
                .toString();
    }
}
