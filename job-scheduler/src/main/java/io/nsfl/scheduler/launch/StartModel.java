package io.nsfl.scheduler.launch;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.scheduler.job.Job;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which file a job starts from: its checkpoint before its model's id before its model's path. */
public final class StartModel {
    private final JobFiles files;

    public StartModel(JobFiles files) {
        this.files = files;
    }

    /** @throws FaultException CHECKPOINT_NOT_FOUND or MODEL_NOT_FOUND */
    public Path of(Job job, JobConfig config) {
        return config.checkpointId().isPresent()
                ? checkpoint(job, config.checkpointId().get())
                : ofNew(config);
    }

    /** Of a job that has no checkpoints yet. @throws FaultException CHECKPOINT_NOT_FOUND or MODEL_NOT_FOUND */
    public Path ofNew(JobConfig config) {
        if (config.checkpointId().isPresent()) {
            throw new FaultException(
                    Fault.CHECKPOINT_NOT_FOUND,
                    "A new job has no checkpoints: leave checkpoint_id out and give model_path, or update a job that has one.");
        }
        if (config.modelId().isPresent()) {
            throw new FaultException(
                    Fault.MODEL_NOT_FOUND,
                    "The model id %s cannot be looked up, because no model-manager is configured: give the model's file as model_path."
                            .formatted(config.modelId().get()));
        }
        String given = config.modelPath().orElse("");
        Path file = files.below(config.key().namespace(), given);
        if (!Files.isRegularFile(file)) {
            throw new FaultException(
                    Fault.MODEL_NOT_FOUND,
                    "The model path %s does not exist in namespace %s: upload the file, or correct model_path."
                            .formatted(given, config.key().namespace()));
        }
        return file;
    }

    private Path checkpoint(Job job, String id) {
        String path = job.data().path("checkpoints").path(id).path("path").asString("");
        if (path.isEmpty()) {
            throw new FaultException(
                    Fault.CHECKPOINT_NOT_FOUND,
                    "Job %s has no checkpoint %s: its checkpoints are listed under \"checkpoints\" of the job."
                            .formatted(job.key(), id));
        }
        Path file = files.below(job.key().namespace(), path);
        if (!Files.isRegularFile(file)) {
            throw new FaultException(
                    Fault.CHECKPOINT_NOT_FOUND,
                    "The file %s of checkpoint %s does not exist any more.".formatted(path, id));
        }
        return file;
    }
}
