package io.nsfl.sandbox;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts a script as a process from scratch. A watcher in its session waits on a pipe that the executor holds open, and kills the
 * session when the executor is gone, however it ended.
 */
public final class PlainProcesses implements ScriptStarter {
    /** The watcher is nobody's child: a script that waits for all its children does not wait for it. */
    private static final String WATCHED =
            "exec 3<&0;" + " ( { cat <&3; kill -9 -$$; } >/dev/null 2>&1 & );" + " exec \"$@\" 3<&- </dev/null";

    private final Isolation isolation;

    public PlainProcesses(Isolation isolation) {
        this.isolation = isolation;
    }

    @Override
    public RunningScript start(ScriptOrder order) {
        List<String> script = new ArrayList<>(List.of(order.command(), order.entry()));
        script.addAll(order.arguments());
        List<String> command = new ArrayList<>(List.of("sh", "-c", isolation.limits() + WATCHED, "sh"));
        command.addAll(isolation.enclose(script, List.of(order.workspace())));
        ProcessBuilder builder = new ProcessBuilder(SessionProcess.leading(command))
                .directory(order.directory().toFile())
                .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(order.environment());
        try {
            return SessionProcess.follow(builder.start(), order);
        } catch (IOException e) {
            return SessionProcess.notStarted(e.getMessage());
        }
    }
}
