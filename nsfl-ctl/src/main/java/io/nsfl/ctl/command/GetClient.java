package io.nsfl.ctl.command;

import io.nsfl.ctl.output.ClientTable;
import io.nsfl.ctl.output.Format;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** Shows the clients that accept work of a namespace. */
@Command(
        name = "client",
        aliases = {"clients"},
        description = "Show the clients that work for a namespace.")
public final class GetClient implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "Namespace that the clients work for.")
    private String namespace;

    @Parameters(index = "1", arity = "0..1", paramLabel = "CLIENT", description = "Its id, name or address.")
    private String client;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "All of one client as ${COMPLETION-CANDIDATES}.")
    private Format format;

    public GetClient(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (client == null) {
            ClientTable.print(session.jobs().clients(namespace), session.out());
            return 0;
        }
        ObjectNode document = session.jobs().client(namespace, client);
        if (format == null) {
            ClientTable.print(List.of(document), session.out());
        } else {
            format.print(document, session.out());
        }
        return 0;
    }
}
