package io.nsfl.benchmarks;

import io.nsfl.standalone.Words;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./nsfl bench rounds|jobs|fold|robust|secagg|codec}. */
public final class BenchApplication {
    private BenchApplication() {}

    public static void main(String[] arguments) {
        // Before the first logger: the platform's jar has a file for its own process.
        System.setProperty("logback.configurationFile", "io/nsfl/benchmarks/logback.xml");
        System.exit(run(arguments));
    }

    static int run(String... arguments) {
        return new Words(
                        new Root(),
                        new RoundsCommand(),
                        new JobsCommand(),
                        new FoldCommand(),
                        new SecaggCommand(),
                        new CodecCommand(),
                        new RobustCommand())
                .run(arguments);
    }

    @Command(name = "nsfl bench", mixinStandardHelpOptions = true, description = "How fast the platform is.")
    private static final class Root implements Runnable {
        @Override
        public void run() {
            CommandLine.usage(this, System.out);
        }
    }
}
