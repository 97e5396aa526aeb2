package io.nsfl.benchmarks;

import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The exact fold in one thread, by JMH. */
@Command(
        name = "fold",
        mixinStandardHelpOptions = true,
        description = "Time the exact fold of one update, beside the plainest sum there is.")
final class FoldCommand implements Callable<Integer> {
    @Option(
            names = "--params",
            defaultValue = "25000000",
            paramLabel = "P",
            description = "Elements of an update (${DEFAULT-VALUE}).")
    private int parameters;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "Only this type: F32, BF16 or F64; without it, all three.")
    private String type;

    @Override
    public Integer call() throws Exception {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("\\Q" + FoldBenchmark.class.getName() + "\\E")
                .param("elements", String.valueOf(parameters))
                .shouldFailOnError(true);
        if (type != null) {
            options.param("type", type);
        }
        new Runner(options.build()).run();
        return 0;
    }
}
