package io.nsfl.ctl.command;

import io.nsfl.ctl.upload.DataServer;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/**
 * Shows the namespaces that the user's credentials open. The platform's own directories beside them are left out, but not one that holds
 * jobs too: the guide lets the coordinators' configurations lie in a namespace.
 */
@Command(name = "namespace", description = "Show the namespaces that your credentials open.")
public final class GetNamespace implements Callable<Integer> {
    private static final Set<String> OF_THE_PLATFORM = Set.of("models", "selector", "proxy", "coordinator_configs");
    /** What every job's directory begins with. */
    private static final String JOBS = "fl-";

    private final Session session;

    public GetNamespace(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        DataServer data = session.data();
        String names = data.buckets().stream()
                .filter(name -> !OF_THE_PLATFORM.contains(name) || data.holds(name, JOBS))
                .map(name -> "'" + name + "'")
                .collect(Collectors.joining(", "));
        session.out().println("user support namespaces: [" + names + "]");
        return 0;
    }
}
