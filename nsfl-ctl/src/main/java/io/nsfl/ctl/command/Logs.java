package io.nsfl.ctl.command;

import io.nsfl.ctl.output.Shown;
import io.nsfl.protocol.ids.JobKey;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Shows the tail of a job's coordinator's log and what its failed tasks said. */
@Command(name = "logs", description = "Show the tail of a job's log and what its failed tasks said.")
public final class Logs implements Callable<Integer> {
    private final Session session;

    @Mixin
    private JobArguments job;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            defaultValue = "100",
            description = "At most so many lines (default: ${DEFAULT-VALUE}).")
    private int lines;

    public Logs(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        JobKey key = job.required();
        ObjectNode logs = session.jobs().logs(key.namespace(), key.id(), lines);
        logs.path("coordinator").forEach(line -> session.out().println(Shown.of(line.asString(""))));
        for (JsonNode task : logs.path("tasks")) {
            session.out()
                    .println(Shown.of("failed task: round " + task.path("round").asString("?") + ", client "
                            + task.path("client").asString("?") + ", "
                            + task.path("code").asString("") + ": "
                            + task.path("reason").asString("")));
        }
        return 0;
    }
}
