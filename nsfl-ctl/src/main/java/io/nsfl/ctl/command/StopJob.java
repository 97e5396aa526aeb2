package io.nsfl.ctl.command;

import io.nsfl.protocol.ids.JobKey;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Stop a job; its last committed model is kept. */
@Command(name = "job", description = "Stop a job; its last committed model is kept.")
public final class StopJob implements Callable<Integer> {
    private final Session session;

    @Mixin
    private JobArguments job;

    @CommandLine.Option(names = "--wait", description = "Return only when it is done.")
    private boolean wait;

    public StopJob(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        JobKey key = job.required();
        session.jobs().stop(key.namespace(), key.id());
        if (wait) {
            Following.untilAtRest(session, key);
        }
        session.out().println("Stop job " + key.id() + " success, you can use 'nsfl get job' to query job status.");
        return 0;
    }
}
