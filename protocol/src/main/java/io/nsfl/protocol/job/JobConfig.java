package io.nsfl.protocol.job;

import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.ids.Runtime;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A job as the platform understands it: read from the job object by {@link JobConfigReader}, every field checked, defaults
 * filled in. The document as the user wrote it stays beside it; unknown fields are kept there and not here.
 *
 * <p>Paths ({@code output}, {@code modelPath}, {@code scripts.path}) are as given: below the namespace in a job object, absolute in a
 * coordinator's start configuration.
 */
public record JobConfig(
        JobKey key,
        String description,
        Runtime runtime,
        String output,
        Optional<String> modelPath,
        Optional<String> modelId,
        Optional<String> checkpointId,
        Optional<String> taskEntry,
        Optional<Scripts> scripts,
        List<String> clients,
        int port,
        List<String> datasets,
        ObjectNode parameters,
        HyperParameters hyperParameters,
        ResourceRequest resource,
        Optional<OptimizerConfig> optimizer,
        JobMethod method,
        boolean randomClient,
        boolean untrainedFirst,
        double redundancy) {
    /** Port of a coordinator's TaskService where the job names none. */
    public static final int DEFAULT_PORT = 50051;
}
