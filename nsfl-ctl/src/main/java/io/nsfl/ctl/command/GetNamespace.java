package io.nsfl.ctl.command;

import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** Shows the namespaces that the user's credentials open. */
@Command(name = "namespace", description = "Show the namespaces that your credentials open.")
public final class GetNamespace implements Callable<Integer> {
    private final Session session;

    public GetNamespace(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        String names =
                session.data().buckets().stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
        session.out().println("user support namespaces: [" + names + "]");
        return 0;
    }
}
