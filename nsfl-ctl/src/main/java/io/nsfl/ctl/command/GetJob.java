package io.nsfl.ctl.command;

import io.nsfl.ctl.output.Format;
import io.nsfl.ctl.output.JobTable;
import io.nsfl.protocol.ids.JobKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Shows one job or all of a namespace. */
@Command(
        name = "job",
        aliases = {"jobs"},
        description = "Show one job, or all of a namespace.")
public final class GetJob implements Callable<Integer> {
    private final Session session;

    @Mixin
    private JobArguments job;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "All of one job as ${COMPLETION-CANDIDATES}.")
    private Format format;

    @Option(names = "--follow", description = "Show rounds, loss, accuracy and clients until the job ends.")
    private boolean follow;

    public GetJob(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (follow) {
            return Following.until(session, job.required());
        }
        Optional<String> id = job.id();
        if (id.isEmpty()) {
            JobTable.print(session.jobs().list(job.namespace()), session.out());
            return 0;
        }
        JobKey key = job.required();
        ObjectNode document = session.jobs().get(key.namespace(), key.id());
        if (format == null) {
            JobTable.print(List.of(document), session.out());
            return 0;
        }
        JobDocument.addMetrics(
                document, key, session.config().hasDataServer() ? Optional.of(session.data()) : Optional.empty());
        format.print(
                format == Format.yaml ? JobDocument.filled(document) : JobDocument.ordered(document), session.out());
        return 0;
    }
}
