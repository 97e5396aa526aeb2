package io.nsfl.standalone;

import io.nsfl.protocol.ids.Runtime;
import io.nsfl.standalone.client.LocalClient;
import io.nsfl.standalone.data.Mnist;
import io.nsfl.standalone.home.Addresses;
import io.nsfl.standalone.home.NsflHome;
import io.nsfl.standalone.platform.PlatformOptions;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts the platform and clients of this machine, or finds them. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Start the platform and clients of this machine, or find those that run.")
final class UpCommand implements Callable<Integer> {
    @Option(
            names = "--clients",
            defaultValue = "2",
            paramLabel = "N",
            description = "Clients to start, each with its share of MNIST (${DEFAULT-VALUE}).")
    private int clients;

    @Mixin
    private PlatformOptions options;

    @Override
    public Integer call() throws Exception {
        NsflHome home = NsflHome.fromLaunchScript();
        try (Installation installation = new Installation(home)) {
            boolean found = installation.running().isPresent();
            System.out.println(found ? "the platform is running" : "starting the platform ...");
            Addresses addresses = installation.start(options);
            startClients(installation, home, addresses, clients, runtimes(home));
            tell(addresses, System.out);
            System.out.printf(
                    "%nnext:%n  ./nsfl ctl get namespace%n  ./nsfl ctl create job default -w examples/mnist/dl4j --follow%n"
                            + "  ./nsfl down%n");
        }
        return 0;
    }

    static void startClients(
            Installation installation, NsflHome home, Addresses addresses, int clients, Set<Runtime> runtimes)
            throws Exception {
        Mnist mnist = new Mnist(home.mnist());
        if (clients > 0) {
            mnist.fetch();
            if (runtimes.contains(Runtime.TENSORFLOW)) {
                mnist.makeNpz();
            }
        }
        for (int index = 0; index < clients; index++) {
            LocalClient client = new LocalClient(home, "client-" + index, index, clients, runtimes);
            installation.start(client.prepare(mnist, addresses.clientDoor()));
        }
    }

    static void tell(Addresses addresses, PrintStream out) {
        out.println("API          http://" + addresses.apiServer());
        out.println("data server  http://" + addresses.dataServer());
        out.println("client door  " + addresses.clientDoor());
    }

    /** Java, and whatever has a Python environment here. */
    private static Set<Runtime> runtimes(NsflHome home) {
        Set<Runtime> runtimes = EnumSet.of(Runtime.DL4J);
        for (Runtime runtime : Set.of(Runtime.TENSORFLOW, Runtime.PYTORCH)) {
            if (Files.isExecutable(LocalClient.python(home, runtime))) {
                runtimes.add(runtime);
            }
        }
        return runtimes;
    }
}
