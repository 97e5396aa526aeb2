package io.nsfl.executor;

import io.nsfl.executor.task.Worker;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.LenientJson;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The executor's configuration file, with its keys in snake_case.
 *
 * @param executorId name of this executor's workload
 * @param taskManager {@code host:port} of the task-manager; absent where the file is given
 * @param taskManagerFile file that holds the task-manager's current {@code host:port}; read again at every attempt
 * @param bind address to listen on; default 127.0.0.1
 * @param port to listen on; 0 = any
 * @param namespace of the job
 * @param job its id
 * @param run the one run that is served
 * @param runtime canonical name
 * @param workspace the client's workspace, where tasks have theirs
 * @param python interpreter of the runtime; default python3
 * @param sdkPython directory put on PYTHONPATH
 * @param sdkJava jars and directories of jars of the Java SDK, separated as in a class path
 * @param java command of the JVM for scripts; default java
 * @param httpProxy for scripts; absent = none
 * @param httpsProxy for scripts; absent = none
 * @param noProxy for scripts; absent = none
 * @param sandbox whether scripts run in a sandbox where there is one; default true
 * @param sandboxRequired whether no script runs where there is none; default false
 * @param network whether scripts in a sandbox reach the network; default true
 * @param hidden directories and files that scripts in a sandbox do not see; absent = none
 * @param readable what they see within the workspace and what is hidden; absent = none
 * @param writable directories that they may write to beside their workspaces; absent = none
 * @param memoryLimitMb of one script process; absent or 0 = none
 * @param worker which one of the workers this executor is; absent = all workers run here
 * @param workers {@code host:port} of each worker, for the scripts to find each other; absent where all run here
 * @param minSurvivors fewest clients whose masked sum may become known, whatever a job asks for; default 2
 * @param authorities PEM certificates of who certifies the clients to mask with; absent or empty = whoever the server shows is one
 * @param certificate PEM of this client's identity key, shown to peers; absent or empty = none
 */
public record ExecutorProperties(
        String executorId,
        String taskManager,
        String taskManagerFile,
        String bind,
        int port,
        String namespace,
        String job,
        String run,
        String runtime,
        String workspace,
        String python,
        String sdkPython,
        String sdkJava,
        String java,
        String httpProxy,
        String httpsProxy,
        String noProxy,
        Boolean sandbox,
        Boolean sandboxRequired,
        Boolean network,
        List<String> hidden,
        List<String> readable,
        List<String> writable,
        Long memoryLimitMb,
        Integer worker,
        List<String> workers,
        Integer minSurvivors,
        String authorities,
        String certificate) {
    /** A sum of one client's values would be that client's values. */
    private static final int LEAST_SURVIVORS = 2;

    public ExecutorProperties {
        bind = bind == null || bind.isBlank() ? "127.0.0.1" : bind;
        python = python == null || python.isBlank() ? "python3" : python;
        java = java == null || java.isBlank() ? "java" : java;
        sandbox = sandbox == null || sandbox;
        sandboxRequired = sandboxRequired != null && sandboxRequired;
        network = network == null || network;
        hidden = hidden == null ? List.of() : List.copyOf(hidden);
        readable = readable == null ? List.of() : List.copyOf(readable);
        writable = writable == null ? List.of() : List.copyOf(writable);
        workers = workers == null ? List.of() : List.copyOf(workers);
        authorities = authorities == null ? "" : authorities;
        certificate = certificate == null ? "" : certificate;
        minSurvivors = minSurvivors == null ? LEAST_SURVIVORS : minSurvivors;
        memoryLimitMb = memoryLimitMb == null ? 0 : memoryLimitMb;
        sdkPython = sdkPython == null ? "" : sdkPython;
        sdkJava = sdkJava == null ? "" : sdkJava;
        require("executor_id", executorId);
        require("namespace", namespace);
        require("job", job);
        require("run", run);
        require("workspace", workspace);
        if (blank(taskManager) && blank(taskManagerFile)) {
            throw invalid("task_manager or task_manager_file is missing.");
        }
        if (runtime == null || Runtime.of(runtime).isEmpty()) {
            throw invalid("runtime is " + runtime + "; it must be tensorflow, pytorch or dl4j.");
        }
    }

    static ExecutorProperties read(Path file) {
        var document = LenientJson.readObject(file);
        if (!document.has("port")) {
            document.put("port", 0);
        }
        return JobJson.convert(document, ExecutorProperties.class);
    }

    Runtime knownRuntime() {
        return Runtime.of(runtime).orElseThrow();
    }

    /** Which worker this executor is, where each has an executor of its own. */
    Optional<Worker> own() {
        return Optional.ofNullable(worker).map(index -> new Worker(index, workers));
    }

    /** Where the task-manager listens now, as far as is known. */
    String currentTaskManager() {
        if (!blank(taskManagerFile)) {
            try {
                String address = Files.readString(Path.of(taskManagerFile)).strip();
                if (!address.isEmpty()) {
                    return address;
                }
            } catch (IOException e) {
                // It is being started again and will write the file.
            }
        }
        return blank(taskManager) ? "127.0.0.1:1" : taskManager;
    }

    List<Path> sdkJavaEntries() {
        return Arrays.stream(sdkJava.split(File.pathSeparator))
                .filter(entry -> !entry.isBlank())
                .map(Path::of)
                .toList();
    }

    private static void require(String key, String value) {
        if (blank(value)) {
            throw invalid(key + " is missing.");
        }
    }

    private static boolean blank(String value) {
        return value == null || value.isBlank();
    }

    private static FaultException invalid(String sentence) {
        return new FaultException(
                Fault.CONFIGURATION_INVALID, "The executor's configuration file is refused: " + sentence);
    }
}
