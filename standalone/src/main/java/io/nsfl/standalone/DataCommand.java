package io.nsfl.standalone;

import io.nsfl.standalone.data.Mnist;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fetches a data set of the examples. */
@Command(name = "data", mixinStandardHelpOptions = true, description = "Fetch MNIST, check it, convert it.")
final class DataCommand implements Callable<Integer> {
    enum DataSet {
        mnist
    }

    @Parameters(index = "0", paramLabel = "DATASET", description = "${COMPLETION-CANDIDATES}")
    private DataSet dataSet;

    @Parameters(index = "1", paramLabel = "DIR", description = "Where to put it.")
    private Path directory;

    @Option(names = "--npz", description = "Also write mnist.npz for Keras.")
    private boolean npz;

    @Option(
            names = "--clients",
            defaultValue = "0",
            paramLabel = "N",
            description = "Also make client-0 ... client-<N-1>, each with links and a share of its own.")
    private int clients;

    @Override
    public Integer call() throws Exception {
        switch (dataSet) {
            case mnist -> {
                Mnist mnist = new Mnist(directory.toAbsolutePath().normalize());
                mnist.fetch();
                if (npz) {
                    mnist.makeNpz();
                }
                for (int index = 0; index < clients; index++) {
                    mnist.forClient(mnist.directory().resolve("client-" + index), index, clients);
                }
                System.out.println("MNIST is in " + mnist.directory());
            }
        }
        return 0;
    }
}
