package io.nsfl.executor.task;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.LenientJson;
import io.nsfl.protocol.job.TaskConfig;
import io.nsfl.protocol.job.TaskConfigReader;
import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.sandbox.PlainFiles;
import io.nsfl.sandbox.ScriptOrder;
import io.nsfl.sandbox.ScriptRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a task runs.
 *
 * @param workers one order for each worker, the chief first
 * @param timeout bound of the whole run
 * @param preload modules to import ahead
 */
record ScriptPlan(List<ScriptOrder> workers, Duration timeout, List<String> preload) {
    private static final int MOST_WORKERS = 64;

    /**
     * @param own which worker this executor is, where each has an executor of its own; empty = all run here
     * @throws FaultException TASK_CONFIG_INVALID when the task config does not say what to run
     */
    static ScriptPlan of(RunTaskRequest request, ScriptEnvironment environment, Optional<Worker> own) {
        Path config = Path.of(request.getTaskConfig());
        Path workspace = Path.of(request.getWorkspace());
        if (config.startsWith(workspace)
                && PlainFiles.find(workspace, workspace.relativize(config)).isEmpty()) {
            throw invalid("There is no task config " + config + ".");
        }
        TaskConfig task = read(config);
        boolean train = request.getDescription().getTask().getKind() == TaskKind.TASK_KIND_TRAIN;
        TaskConfig.Section section = (train ? task.train() : task.evaluate())
                .orElseThrow(() -> invalid(
                        config.getFileName() + " has no section " + (train ? "train" : "evaluate") + "; add one."));
        Path directory = task.scriptPath()
                .map(path -> config.resolveSibling(path).normalize())
                .orElse(config.getParent());
        if (directory.startsWith(workspace.getParent()) && !directory.startsWith(workspace)) {
            throw invalid("script_path " + directory + " of " + config.getFileName() + " is another task's.");
        }
        if (!Files.isDirectory(directory)) {
            throw invalid("script_path " + directory + " of " + config.getFileName() + " is not a directory.");
        }
        List<String> arguments = ScriptArguments.of(section.params(), parameters(request));
        List<ScriptOrder> workers =
                own.map(List::of).orElseGet(() -> local(request.getResources().getWorkerNum())).stream()
                        .map(worker -> new ScriptOrder(
                                section.command(),
                                section.entry(),
                                arguments,
                                directory,
                                environment.of(request, directory, worker),
                                workspace,
                                workspace.resolve(worker.chief() ? "script.log" : "script-" + worker.index() + ".log")))
                        .toList();
        return new ScriptPlan(workers, section.timeout(), task.preload());
    }

    private static TaskConfig read(Path config) {
        if (!Files.isRegularFile(config)) {
            throw invalid("There is no task config " + config + ".");
        }
        try {
            return TaskConfigReader.read(LenientJson.readObject(config))
                    .orThrow(Fault.TASK_CONFIG_INVALID, "The task config " + config.getFileName());
        } catch (FaultException e) {
            throw e.fault() == Fault.TASK_CONFIG_INVALID
                    ? e
                    : new FaultException(Fault.TASK_CONFIG_INVALID, e.getMessage(), e);
        }
    }

    private static ObjectNode parameters(RunTaskRequest request) {
        String json = request.getDescription().getParametersJson();
        return json.isBlank() ? JobJson.newObject() : JobJson.object(json.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Worker> local(int workers) {
        List<Integer> ports = ports(workers);
        return IntStream.range(0, ports.size())
                .mapToObj(index -> Worker.local(index, ports))
                .toList();
    }

    ScriptRun.Bound bound() {
        return new ScriptRun.Bound(timeout, "raise train.timeout or evaluate.timeout (minutes) in the task config");
    }

    /** Free now; each is given to one worker only. */
    private static List<Integer> ports(int workers) {
        if (workers <= 1) {
            return List.of(0);
        }
        if (workers > MOST_WORKERS) {
            throw invalid("worker_num " + workers + " is more than the " + MOST_WORKERS + " that one machine runs.");
        }
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < workers; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            for (ServerSocket socket : held) {
                try {
                    socket.close();
                } catch (IOException e) {
                    // The port is free either way once this process ends.
                }
            }
        }
    }

    private static FaultException invalid(String sentence) {
        return new FaultException(Fault.TASK_CONFIG_INVALID, sentence);
    }
}
