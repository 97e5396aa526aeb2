package io.nsfl.standalone;

import io.nsfl.protocol.ids.Runtime;
import io.nsfl.standalone.demo.Demo;
import io.nsfl.standalone.home.Addresses;
import io.nsfl.standalone.home.NsflHome;
import io.nsfl.standalone.platform.PlatformOptions;
import java.io.IOException;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** From nothing to a trained model; what it started it stops again, also when it is interrupted. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Train on MNIST: platform, clients and one job, from nothing to the final model.")
final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--runtime",
            defaultValue = "dl4j",
            paramLabel = "RUNTIME",
            description = "dl4j, tensorflow or pytorch (${DEFAULT-VALUE}).")
    private String runtime;

    @Option(
            names = "--clients",
            defaultValue = "2",
            paramLabel = "N",
            description = "Clients that train (${DEFAULT-VALUE}).")
    private int clients;

    @Option(
            names = "--rounds",
            defaultValue = "0",
            paramLabel = "N",
            description = "Rounds to train; without it as many as the example says.")
    private int rounds;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Runtime chosen = Runtime.of(runtime)
                .orElseThrow(() -> refused("--runtime " + runtime + ": it is one of dl4j, tensorflow, pytorch"));
        if (clients < 1 || clients > 64 || rounds < 0) {
            throw refused("--clients is 1 to 64 and --rounds at least 1");
        }
        NsflHome home = NsflHome.fromLaunchScript();
        try (Installation installation = new Installation(home)) {
            boolean mine = installation.running().isEmpty();
            Thread interrupted = new Thread(() -> stop(installation), "stops the demo");
            if (mine) {
                java.lang.Runtime.getRuntime().addShutdownHook(interrupted);
            }
            System.out.println(mine ? "starting the platform ..." : "using the platform that runs");
            Addresses addresses = installation.start(PlatformOptions.anywhere());
            System.out.println("starting " + clients + " clients with a share of MNIST each ...");
            UpCommand.startClients(installation, home, addresses, clients, EnumSet.of(chosen));
            boolean finished = new Demo(home, addresses).run(chosen, clients, rounds);
            if (mine) {
                java.lang.Runtime.getRuntime().removeShutdownHook(interrupted);
                stop(installation);
            }
            return finished ? 0 : 1;
        }
    }

    private ParameterException refused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static void stop(Installation installation) {
        try {
            installation.stop();
        } catch (IOException e) {
            System.err.println("nsfl: not everything could be stopped (" + e.getMessage() + "): try ./nsfl down");
        }
    }
}
