package io.nsfl.ctl.command;

import io.nsfl.ctl.upload.Workspace;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ObjectNode;

/** Uploads a job's files anew and replaces its configuration; does not restart it. */
@Command(name = "job", description = "Update a job: upload its files, then replace its configuration.")
public final class UpdateJob implements Callable<Integer> {
    private final Session session;

    @Mixin
    private JobSources sources;

    public UpdateJob(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        ObjectNode job = sources.uploaded(session, unchecked -> {});
        String id = Workspace.JobFile.id(job)
                .orElseThrow(() -> new FaultException(Fault.REQUEST_INVALID, "the job configuration has no id"));
        session.out().println("start update job");
        session.jobs().update(sources.namespace(), id, job);
        session.out().println("update job success.");
        return 0;
    }
}
