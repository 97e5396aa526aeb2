package io.nsfl.systemtests.direct;

import io.nsfl.protocol.job.JobJson;
import io.nsfl.standalone.home.Java;
import io.nsfl.standalone.home.NsflHome;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A directory as the quick start lays it out, and the processes that work in it. */
final class DirectSite implements AutoCloseable {
    /** A machine with much else to do starts a service and trains in less. */
    private static final Duration LONG = Duration.ofMinutes(3);

    private static final long LOOK_MILLIS = 20;

    private final NsflHome home;
    private final Path root;
    private final int coordinatorPort;
    private final List<Integer> clientPorts = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();

    /** @param clients how many the coordinator's configuration names */
    DirectSite(Path root, int clients) throws IOException {
        this.root = root;
        this.home = new NsflHome(
                Files.createDirectories(root.resolve("home")),
                Path.of("..").toAbsolutePath().normalize());
        this.coordinatorPort = freePort();
        for (int index = 0; index < clients; index++) {
            clientPorts.add(freePort());
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** One that has the framework, and numpy. */
    static Path pytorch() {
        Path python = Optional.ofNullable(System.getenv("NSFL_PYTHON_PYTORCH"))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".nsfl/python/pytorch/bin/python"));
        if (!Files.isExecutable(python)) {
            throw new AssertionError("There is no Python with PyTorch at " + python + "; ./nsfl test makes it.");
        }
        return python;
    }

    /** A file of the sources. */
    Path source(String path) {
        return home.sources().resolve(path);
    }

    Path directory(String name) throws IOException {
        return Files.createDirectories(root.resolve(name));
    }

    /** Copies files that the tests bring along. */
    static void copy(String resources, Path target, String... names) throws IOException {
        Files.createDirectories(target);
        for (String name : names) {
            try (InputStream in = DirectSite.class.getResourceAsStream("/" + resources + "/" + name)) {
                Files.write(target.resolve(name), in.readAllBytes());
            }
        }
    }

    /** Writes the coordinator's configuration: one job over all clients. @param more its own keys */
    void configure(String job, String runtime, Path model, int rounds, ObjectNode more) throws IOException {
        ObjectNode config = JobJson.newObject();
        config.put("job_name", job)
                .put("description", "direct mode")
                .put("host", "0.0.0.0")
                .put("port", coordinatorPort)
                .put(
                        "clients",
                        String.join(
                                ",",
                                clientPorts.stream()
                                        .map(port -> "127.0.0.1:" + port)
                                        .toList()))
                .put("model_path", model.toString())
                .put("runtime", runtime)
                .put("output", directory("output").toString());
        config.putObject("hyper_parameters")
                .put("max_round_num", rounds)
                .put("client_num", clientPorts.size())
                .put("threshold_client_num", clientPorts.size())
                .put("evaluate_interval", 0)
                .put("save_interval", 0);
        config.setAll(more);
        Files.writeString(directory("coordinator").resolve("job.json"), JobJson.pretty(config));
    }

    Process startCoordinator() throws IOException {
        return startCoordinator(Map.of());
    }

    Process startCoordinator(Map<String, String> environment) throws IOException {
        return start(
                environment,
                "coordinator",
                List.of("-XX:+UseSerialGC", "-Xshare:auto"),
                "io.nsfl.coordinator.CoordinatorApplication",
                root.resolve("coordinator/job.json"));
    }

    /** A client that registers with nobody but its coordinator. @param datasets content of its datasets.json */
    Process startClient(int index, String runtime, Path python, ObjectNode datasets) throws IOException {
        return startClient(index, runtime, python, datasets, JobJson.newObject());
    }

    /** @param more of its setup */
    Process startClient(int index, String runtime, Path python, ObjectNode datasets, ObjectNode more)
            throws IOException {
        Path directory = directory("client_" + index);
        for (String part : List.of("lmdb", "workspace", "task_entrys")) {
            Files.createDirectories(directory.resolve(part));
        }
        Files.writeString(directory.resolve("datasets.json"), JobJson.pretty(datasets));
        ObjectNode setup = JobJson.newObject();
        setup.put("lmdb_path", directory.resolve("lmdb").toString())
                .put("workspace", directory.resolve("workspace").toString())
                .put("server", "127.0.0.1:" + coordinatorPort)
                .put("port", clientPorts.get(index))
                .put("runtime", runtime)
                .put("datasets", directory.resolve("datasets.json").toString())
                .put("platform", "linux")
                .put("task_config_entry", directory.resolve("task_entrys").toString())
                .put("registration", "false")
                .put("installation", home.sources().toString());
        setup.putObject("runtimes").putObject(runtime).put("python", python.toString());
        setup.setAll(more);
        Files.writeString(directory.resolve("setup.json"), JobJson.pretty(setup));
        return start(
                Map.of(),
                "task-manager",
                Java.SMALL,
                "io.nsfl.taskmanager.TaskManagerApplication",
                directory.resolve("setup.json"));
    }

    private Process start(
            Map<String, String> environment, String module, List<String> options, String main, Path config)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Java.command(home, module, options, main, "--config_file", config.toString()))
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        config.resolveSibling("log").toFile()));
        builder.environment().putAll(environment);
        builder.environment().put("NSFL_HOME", home.root().toString());
        Process process = builder.start();
        process.getOutputStream().close();
        processes.add(process);
        return process;
    }

    /** Kills a client with its executors and scripts. */
    void killClient(int index, Process taskManager) {
        taskManager.destroyForcibly().onExit().join();
        kill(root.resolve("client_" + index));
    }

    String coordinatorLog() throws IOException {
        Path log = root.resolve("coordinator/log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    /** Waits for a coordinator's end. @return its exit code */
    int awaitEnd(Process coordinator) throws Exception {
        await("the coordinator ends", () -> !coordinator.isAlive());
        return coordinator.exitValue();
    }

    void awaitLog(String words) throws Exception {
        await("the coordinator says: " + words, () -> coordinatorLog().contains(words));
    }

    private void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(what + ": not within " + LONG.toSeconds() + " s.\n" + coordinatorLog());
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    Path output(String path) {
        return root.resolve("output").resolve(path);
    }

    /** The checkpoint of this round in a job's first output, whatever its number. */
    Path checkpoint(String job, int round) throws IOException {
        try (Stream<Path> files = Files.walk(output("fl_" + job + "_output_V0/checkpoints"))) {
            return files.filter(file -> file.endsWith("checkpoint_" + round + ".pth"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("There is no checkpoint of round " + round + " of " + job));
        }
    }

    JsonNode json(String path) throws IOException {
        return JobJson.object(Files.readAllBytes(output(path)));
    }

    /** Kills everything that names this site's directory, executors and scripts too. */
    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
        kill(root);
    }

    private static void kill(Path directory) {
        for (boolean found = true; found; ) {
            List<ProcessHandle> left;
            try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
                left = all.filter(process -> names(process, directory)).toList();
            }
            left.forEach(ProcessHandle::destroyForcibly);
            found = !left.isEmpty();
        }
    }

    private static boolean names(ProcessHandle process, Path directory) {
        if (process.pid() == ProcessHandle.current().pid()) {
            return false;
        }
        try {
            // The JDK's own command line is cut.
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
                    .contains(directory.toString());
        } catch (IOException gone) {
            return false;
        }
    }
}
