package io.nsfl.ctl.command;

import io.nsfl.ctl.upload.Workspace;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.JobKey;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which job: named, or read from its configuration. */
final class JobArguments {
    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "Namespace of the job.")
    private String namespace;

    @Parameters(index = "1", arity = "0..1", paramLabel = "JOB_ID", description = "Id of the job.")
    private String jobId;

    @Option(
            names = {"-f", "--job-config"},
            paramLabel = "FILE",
            description = "Take the id from this job configuration.")
    private Path configFile;

    @Option(
            names = {"-w", "--workspace"},
            paramLabel = "DIR",
            description = "Take the id from config.json in this workspace.")
    private Path workspace;

    String namespace() {
        return namespace;
    }

    Optional<String> id() {
        if (jobId != null) {
            return Optional.of(jobId);
        }
        if (configFile != null) {
            return Workspace.JobFile.id(Workspace.JobFile.read(configFile));
        }
        if (workspace != null) {
            return Workspace.JobFile.id(Workspace.JobFile.read(workspace.resolve("config.json")));
        }
        return Optional.empty();
    }

    JobKey required() {
        return new JobKey(
                namespace,
                id().orElseThrow(() -> new FaultException(
                        Fault.REQUEST_INVALID, "Must set job_id. Give it as an argument, or by -f FILE or -w DIR")));
    }
}
