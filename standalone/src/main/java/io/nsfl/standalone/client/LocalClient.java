package io.nsfl.standalone.client;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.standalone.data.Mnist;
import io.nsfl.standalone.home.Java;
import io.nsfl.standalone.home.NsflHome;
import io.nsfl.workload.WorkloadSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * A task-manager of this machine that owns a share of MNIST: its directories, its setup file, and the process to run.
 *
 * @param name also its directory below the installation's clients
 * @param index which share is its own, from 0
 * @param of how many shares there are
 * @param runtimes it offers
 */
public record LocalClient(NsflHome home, String name, int index, int of, Set<Runtime> runtimes) {
    private static final int FIRST_PORT = 22000;

    /** Where the task-manager of a client's directory keeps the processes it launched. */
    public static Path executors(Path client) {
        return client.resolve("workspace/.nsfl/workloads");
    }

    /** Makes what it needs to start; what is there already stays. */
    public LocalClient prepare(Mnist mnist, String server) throws IOException {
        Path datasets = Files.createDirectories(home.client(name).resolve("datasets"));
        return prepare(Map.of("mnist", mnist.forClient(datasets.resolve("mnist"), index, of)), server);
    }

    /** The same with these datasets, by name. */
    public LocalClient prepare(Map<String, Path> owned, String server) throws IOException {
        Path directory = home.client(name);
        for (String part : List.of("lmdb", "workspace", "datasets", "task_configs")) {
            Files.createDirectories(directory.resolve(part));
        }
        ObjectNode datasets = JobJson.newObject();
        owned.forEach((dataset, path) -> datasets.put(dataset, path.toString()));
        Files.writeString(directory.resolve("datasets/datasets.json"), JobJson.pretty(datasets));
        Files.writeString(setup(), JobJson.pretty(setup(directory, server)));
        return this;
    }

    private ObjectNode setup(Path directory, String server) {
        ObjectNode setup = JobJson.newObject();
        setup.put("name", name);
        setup.put("server", server);
        setup.put("host", "127.0.0.1");
        setup.put("port", FIRST_PORT + index);
        setup.put("lmdb_path", directory.resolve("lmdb").toString());
        setup.put("workspace", directory.resolve("workspace").toString());
        setup.put("task_config_entry", directory.resolve("task_configs").toString());
        setup.put("datasets", directory.resolve("datasets/datasets.json").toString());
        setup.put("registration", true);
        setup.put("platform", "linux");
        setup.put("log_level", "info");
        setup.put("installation", home.sources().toString());
        setup.put(
                "runtime",
                new TreeSet<>(runtimes).stream().map(Runtime::canonicalName).collect(Collectors.joining(",")));
        ObjectNode pythons = setup.putObject("runtimes");
        for (Runtime runtime : runtimes) {
            if (runtime != Runtime.DL4J) {
                pythons.putObject(runtime.canonicalName())
                        .put("python", python(home, runtime).toString());
            }
        }
        return setup;
    }

    /** Its task-manager; another setup is another revision, so that a changed client is started anew. */
    public WorkloadSpec workload() {
        return WorkloadSpec.of(
                        name,
                        revision(),
                        Java.command(
                                home,
                                "task-manager",
                                Java.SMALL,
                                "io.nsfl.taskmanager.TaskManagerApplication",
                                "--config_file",
                                setup().toString()))
                .label("role", "client")
                .workingDirectory(home.client(name))
                .build();
    }

    private Path setup() {
        return home.client(name).resolve("setup.json");
    }

    private String revision() {
        try {
            byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(setup()));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (IOException | java.security.NoSuchAlgorithmException e) {
            throw new FaultException(Fault.STORAGE_UNAVAILABLE, setup() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The interpreter of a runtime: the one that the environment names, else the one that ./nsfl made. */
    public static Path python(NsflHome home, Runtime runtime) {
        String named = System.getenv("NSFL_PYTHON_" + runtime.name());
        return named == null || named.isBlank() ? home.python(runtime.canonicalName()) : Path.of(named);
    }
}
