package io.nsfl.scheduler.launch;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.scheduler.job.Job;
import io.nsfl.scheduler.models.ModelLookup;
import io.nsfl.scheduler.models.StoredModel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which file a job starts from: its checkpoint before its model's id before its model's path. */
public final class StartModel {
    private final JobFiles files;
    private final ModelLookup models;

    public StartModel(JobFiles files, ModelLookup models) {
        this.files = files;
        this.models = models;
    }

    /** @throws FaultException CHECKPOINT_NOT_FOUND, MODEL_NOT_FOUND, or UNAVAILABLE if the model store does not answer */
    public Path of(Job job, JobConfig config) {
        return config.checkpointId().isPresent()
                ? checkpoint(job, config.checkpointId().get())
                : ofNew(config);
    }

    /** Of a job that has no checkpoints yet. @throws FaultException CHECKPOINT_NOT_FOUND, MODEL_NOT_FOUND, or UNAVAILABLE if the model store does not answer */
    public Path ofNew(JobConfig config) {
        if (config.checkpointId().isPresent()) {
            throw new FaultException(
                    Fault.CHECKPOINT_NOT_FOUND,
                    "A new job has no checkpoints: leave checkpoint_id out and give model_path, or update a job that has one.");
        }
        if (config.modelId().isPresent()) {
            return stored(
                    models.require(config.key().namespace(), config.modelId().get()));
        }
        return path(config.key().namespace(), config.modelPath().orElse(""));
    }

    /** Of a model that is a file of the namespace. @throws FaultException MODEL_NOT_FOUND */
    public Path path(String namespace, String given) {
        Path file = files.below(namespace, given);
        if (!Files.isRegularFile(file)) {
            throw new FaultException(
                    Fault.MODEL_NOT_FOUND,
                    "The model path %s does not exist in namespace %s: upload the file, or correct model_path."
                            .formatted(given, namespace));
        }
        return file;
    }

    /** Nothing is copied: a model of the store has its file below the shared root. */
    private Path stored(StoredModel model) {
        Path file = files.below(model.directory(), model.path());
        if (model.directory().isEmpty() || !Files.isRegularFile(file)) {
            throw new FaultException(
                    Fault.MODEL_NOT_FOUND,
                    "The file %s%s of model %s does not exist: upload the model again."
                            .formatted(model.directory(), model.path(), model.id()));
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
