package io.nsfl.ctl.command;

import io.nsfl.protocol.ids.JobKey;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Start a job again. */
@Command(name = "job", description = "Start a job again.")
public final class StartJob implements Callable<Integer> {
    private final Session session;

    @Mixin
    private JobArguments job;

    public StartJob(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        JobKey key = job.required();
        session.jobs().start(key.namespace(), key.id());
        session.out().println("Start job " + key.id() + " success, you can use 'nsfl get job' to query job status.");
        return 0;
    }
}
