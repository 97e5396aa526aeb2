package io.nsfl.ctl.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Asks both servers whether they are there. */
@Command(name = "health", description = "Check the API server and the data server.")
public final class Health implements Callable<Integer> {
    private final Session session;

    public Health(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        session.jobs().health();
        session.out().println("api server ok.");
        session.out().println();
        session.data().buckets();
        session.out().println("data server ok.");
        return 0;
    }
}
