package io.nsfl.taskmanager.launch;

import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.servicekit.security.StdinSecrets;
import io.nsfl.workload.WorkloadSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What an executor is started with: a pure description. */
public final class ExecutorWorkload {
    private static final String MAIN = "io.nsfl.executor.ExecutorApplication";

    private final Program program;

    /**
     * What is the same for every executor of a client.
     *
     * @param java program and its JVM's arguments
     * @param directory below which each executor has its own
     * @param addressFile names the task-manager's address, read again at every connection
     * @param pythonSdk empty = none
     * @param isolation of the scripts from this client and this machine
     */
    public record Program(
            List<String> java,
            String classPath,
            Path directory,
            Path workspace,
            Path addressFile,
            Map<Runtime, String> pythons,
            String pythonSdk,
            String javaSdk,
            ScriptIsolation isolation) {}

    /**
     * How far scripts are kept apart.
     *
     * @param hidden directories of this client's secrets
     * @param memoryLimitMb the owner's bound for one process, 0 = none; what a job asks for is a reservation and no bound
     */
    public record ScriptIsolation(boolean sandbox, boolean network, List<Path> hidden, long memoryLimitMb) {}

    public ExecutorWorkload(Program program) {
        this.program = program;
    }

    Path directory(ExecutorKey key) {
        return program.directory().resolve(key.name());
    }

    Path configFile(ExecutorKey key) {
        return directory(key).resolve("executor.json");
    }

    ObjectNode config(ExecutorKey key, Runtime runtime) {
        ObjectNode config = JobJson.newObject();
        config.put("executor_id", key.name());
        config.put("task_manager_file", program.addressFile().toString());
        config.put("bind", "127.0.0.1");
        config.put("port", 0);
        config.put("namespace", key.namespace());
        config.put("job", key.job());
        config.put("run", key.run());
        config.put("runtime", runtime.canonicalName());
        config.put("workspace", program.workspace().toString());
        config.put("python", program.pythons().getOrDefault(runtime, "python3"));
        config.put("sdk_python", program.pythonSdk());
        config.put("sdk_java", program.javaSdk());
        config.put("java", program.java().getFirst());
        config.put("sandbox", program.isolation().sandbox());
        config.put("network", program.isolation().network());
        ArrayNode hidden = config.putArray("hidden");
        program.isolation().hidden().forEach(directory -> hidden.add(directory.toString()));
        config.put("memory_limit_mb", program.isolation().memoryLimitMb());
        return config;
    }

    WorkloadSpec spec(ExecutorKey key, String credential) {
        List<String> command = new ArrayList<>(program.java());
        command.addAll(List.of(
                "-cp",
                program.classPath(),
                MAIN,
                "--config_file",
                configFile(key).toString()));
        return WorkloadSpec.of(key.name(), key.run(), command)
                .label("kind", "executor")
                .label("client", key.client())
                .label("namespace", key.namespace())
                .label("job", key.job())
                .label("run", key.run())
                .workingDirectory(directory(key))
                .environment(StdinSecrets.VARIABLE, StdinSecrets.FROM_STDIN)
                .secret(StdinSecrets.CREDENTIAL, credential)
                .build();
    }
}
