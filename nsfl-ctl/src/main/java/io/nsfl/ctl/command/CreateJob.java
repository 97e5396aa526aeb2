package io.nsfl.ctl.command;

import io.nsfl.ctl.upload.Workspace;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.JobKey;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Uploads a job's files, creates it, and with {@code --follow} stays until it ends. */
@Command(name = "job", description = "Create a job: upload its files, then tell the job-scheduler.")
public final class CreateJob implements Callable<Integer> {
    private final Session session;

    @Mixin
    private JobSources sources;

    @Option(names = "--follow", description = "Show rounds, loss, accuracy and clients until the job ends.")
    private boolean follow;

    public CreateJob(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        ObjectNode job = sources.uploaded(session, this::refuseAnExistingOne);
        session.out().println("create job");
        session.jobs().create(sources.namespace(), job);
        session.out().println("create job success.");
        if (!follow) {
            return 0;
        }
        session.out().println();
        return Following.until(
                session, new JobKey(sources.namespace(), job.path("id").asString("")));
    }

    /** Before anything is sent: an upload would take the place of the files that the job of this name works with. */
    private void refuseAnExistingOne(ObjectNode job) {
        Workspace.JobFile.id(job)
                .filter(id -> session.jobs().find(sources.namespace(), id).isPresent())
                .ifPresent(id -> {
                    throw new FaultException(
                            Fault.JOB_EXISTS,
                            "the job " + id + " exists already in the namespace " + sources.namespace()
                                    + ", nothing was uploaded: give another id, or change it by 'nsfl-ctl update job'");
                });
    }
}
