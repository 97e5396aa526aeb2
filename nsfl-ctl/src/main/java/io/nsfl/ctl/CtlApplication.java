package io.nsfl.ctl;

import io.nsfl.ctl.command.Session;
import io.nsfl.ctl.output.Shown;
import io.nsfl.protocol.fault.FaultException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/**
 * {@code nsfl-ctl}. Exit code 0: done; 1: it failed, with one line on stderr that says why; 2: the call's words are off.
 */
public final class CtlApplication {
    private CtlApplication() {}

    public static void main(String[] arguments) {
        // A request that creates something must not be sent again behind our back where its answer was lost.
        System.setProperty("sun.net.http.retryPost", "false");
        Path home = Path.of(System.getProperty("user.home"));
        Session session =
                new Session(System.getenv(), home, System.in, System.out, InstantSource.system(), SecureRandom::new);
        System.exit(run(arguments, session, System.err, CtlLog.open(System.getenv(), home)));
    }

    static int run(String[] arguments, Session session, PrintStream err, CtlLog log) {
        int code = commandLine(arguments, session, err, log).execute(arguments);
        // A stream that prints tells of no failure by itself: half a document would look like all of it.
        if (session.out().checkError()) {
            err.println(
                    "Error message: what was to be shown could not be written whole (a full disk, or a reader that is"
                            + " gone)");
            return code == 0 ? 1 : code;
        }
        return code;
    }

    private static CommandLine commandLine(String[] arguments, Session session, PrintStream err, CtlLog log) {
        CommandLine line = new CommandLine(new Root());
        new CommandWords(session).addTo(line, arguments);
        helpEverywhere(line);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(new PrintWriter(session.out(), true));
        line.setErr(new PrintWriter(err, true));
        line.setExecutionStrategy(parsed -> {
            Root root = (Root) parsed.commandSpec().userObject();
            log.debug(root.debug);
            log.command(parsed);
            return new CommandLine.RunLast().execute(parsed);
        });
        line.setParameterExceptionHandler((exception, words) -> Misuse.explain(exception));
        line.setExecutionExceptionHandler((exception, command, parsed) -> failed(exception, err, log));
        return line;
    }

    private static int failed(Exception exception, PrintStream err, CtlLog log) {
        if (exception instanceof ParameterException wrong) {
            return Misuse.explain(wrong);
        }
        log.failure(exception);
        String text =
                exception instanceof FaultException ? exception.getMessage() : "something unforeseen: " + exception;
        err.println("Error message: " + Shown.of(text) + ", the detail see " + log.file());
        return 1;
    }

    private static void helpEverywhere(CommandLine line) {
        line.getCommandSpec()
                .addOption(CommandLine.Model.OptionSpec.builder("--help")
                        .usageHelp(true)
                        .description("Show this message and exit.")
                        .build());
        for (Map.Entry<String, CommandLine> sub : line.getSubcommands().entrySet()) {
            if (sub.getKey().equals(sub.getValue().getCommandName())) {
                helpEverywhere(sub.getValue());
            }
        }
    }

    @Command(
            name = "nsfl-ctl",
            description = "Federated jobs from the command line.",
            version = "Version 0.1.0",
            synopsisSubcommandLabel = "COMMAND")
    private static final class Root implements Runnable {
        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec;

        @CommandLine.Option(
                names = {"-d", "--debug"},
                description = "Write more to the log.")
        private boolean debug;

        @CommandLine.Option(
                names = {"-v", "--version"},
                versionHelp = true,
                description = "Show the version and exit.")
        private boolean version;

        @Override
        public void run() {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }
}
