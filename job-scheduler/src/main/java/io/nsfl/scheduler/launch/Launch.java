package io.nsfl.scheduler.launch;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.JobConfigReader;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.scheduler.job.Job;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.WorkloadStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Launches a job's coordinator. Harmless when repeated: one that runs already in this epoch is adopted. */
public final class Launch {
    private final JobFiles files;
    private final CoordinatorConfig configuration;
    private final CoordinatorWorkload workloads;
    private final WorkloadLauncher launcher;

    public Launch(JobFiles files, StartModel models, CoordinatorSettings settings, WorkloadLauncher launcher) {
        this.files = files;
        this.configuration = new CoordinatorConfig(files, models, settings::seen);
        this.workloads = new CoordinatorWorkload(settings, files);
        this.launcher = launcher;
    }

    /**
     * Writes the start configuration and launches.
     *
     * @throws FaultException WORKLOAD_FAILED or STORAGE_UNAVAILABLE if another try may help; anything else does not pass by itself
     */
    public void begin(Job job) {
        JobConfig config = JobConfigReader.forUpdate(job.key().namespace(), job.data())
                .orThrow(Fault.REQUEST_INVALID, "The stored job " + job.key());
        CoordinatorStart start = configuration.of(job, config);
        Path file = write(job, start.document());
        launcher.launch(workloads.of(job, file, start));
    }

    /** The workload of just this launch, if it was made and has ended. */
    public Optional<WorkloadStatus> ended(Job job) {
        return launcher.find(job.workload())
                .filter(status -> status.revision().equals(job.revision()) && !status.alive());
    }

    private Path write(Job job, ObjectNode document) {
        try {
            return files.writeConfiguration(job.key(), JobJson.pretty(document).getBytes(StandardCharsets.UTF_8));
        } catch (IOException unwritable) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE,
                    "The start configuration of job %s cannot be written below %s: %s"
                            .formatted(job.key(), files.coordinator(job.key()), unwritable),
                    unwritable);
        }
    }
}
