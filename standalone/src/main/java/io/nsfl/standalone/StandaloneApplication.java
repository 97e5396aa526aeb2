package io.nsfl.standalone;

import io.nsfl.standalone.home.NsflHome;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./nsfl up|down|status|demo|data}. */
public final class StandaloneApplication {
    private StandaloneApplication() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    static int run(String... arguments) {
        return new Words(
                        new Root(),
                        new UpCommand(),
                        new DownCommand(),
                        new StatusCommand(),
                        new DemoCommand(),
                        new DataCommand())
                .run(arguments);
    }

    @Command(name = "nsfl", mixinStandardHelpOptions = true, description = "The whole platform on one machine.")
    private static final class Root implements Runnable {
        @Override
        public void run() {
            CommandLine.usage(this, System.out);
        }
    }

    @Command(name = "down", mixinStandardHelpOptions = true, description = "Stop everything that up started.")
    private static final class DownCommand implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            try (Installation installation = new Installation(NsflHome.fromLaunchScript())) {
                int running = installation.processes().size();
                installation.stop();
                System.out.println(running == 0 ? "nothing was running" : "stopped " + running + " processes");
            }
            return 0;
        }
    }

    @Command(name = "status", mixinStandardHelpOptions = true, description = "What is running and where.")
    private static final class StatusCommand implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            try (Installation installation = new Installation(NsflHome.fromLaunchScript())) {
                installation
                        .running()
                        .ifPresentOrElse(
                                addresses -> UpCommand.tell(addresses, System.out),
                                () -> System.out.println("the platform is not running"));
                installation
                        .processes()
                        .forEach(process -> System.out.println(process.name() + ": since " + process.startedAt()
                                + ", log " + process.log().map(Object::toString).orElse("none")));
            }
            return 0;
        }
    }
}
