package io.nsfl.benchmarks;

import io.nsfl.protocol.fault.FaultException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./nsfl bench rounds|jobs|fold|secagg|codec}. A failure is one sentence on standard error and exit code 1. */
public final class BenchApplication {
    private BenchApplication() {}

    public static void main(String[] arguments) {
        // Before the first logger: the platform's jar has a file for its own process.
        System.setProperty("logback.configurationFile", "io/nsfl/benchmarks/logback.xml");
        System.exit(run(arguments));
    }

    static int run(String... arguments) {
        CommandLine line = new CommandLine(new Root());
        line.addSubcommand(new RoundsCommand());
        line.addSubcommand(new JobsCommand());
        line.addSubcommand(new FoldCommand());
        line.addSubcommand(new SecaggCommand());
        line.addSubcommand(new CodecCommand());
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            String sentence =
                    failure instanceof FaultException ? failure.getMessage() : "something unforeseen: " + failure;
            System.err.println("nsfl: " + sentence);
            return 1;
        });
        return line.execute(arguments);
    }

    @Command(name = "nsfl bench", mixinStandardHelpOptions = true, description = "How fast the platform is.")
    private static final class Root implements Runnable {
        @Override
        public void run() {
            CommandLine.usage(this, System.out);
        }
    }
}
