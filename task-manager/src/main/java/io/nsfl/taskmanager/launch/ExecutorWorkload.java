package io.nsfl.taskmanager.launch;

import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.servicekit.security.StdinSecrets;
import io.nsfl.taskmanager.MaskingPolicy;
import io.nsfl.taskmanager.ScriptSandbox;
import io.nsfl.taskmanager.dataset.AccountedDatasets;
import io.nsfl.workload.WorkloadResources;
import io.nsfl.workload.WorkloadService;
import io.nsfl.workload.WorkloadSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What an executor is started with: a pure description. */
public final class ExecutorWorkload {
    /** Label of every executor. */
    static final String COMPONENT = "executor";

    private static final String MAIN = "io.nsfl.executor.ExecutorApplication";

    private final Program program;
    private final Optional<ExecutorPods> pods;

    /**
     * What is the same for every executor of a client.
     *
     * @param java program and its JVM's arguments
     * @param directory below which each executor has its own
     * @param addressFile names the task-manager's address, read again at every connection
     * @param pythonSdk empty = none
     * @param isolation of the scripts from this client and this machine
     * @param masking what this client insists on when results are masked
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
            ScriptIsolation isolation,
            MaskingPolicy masking) {}

    /**
     * How far scripts are kept apart.
     *
     * @param sandbox what the owner wants
     * @param hidden directories and files of this client's secrets
     * @param readable what scripts need to read within the workspace beside their own
     * @param datasets of which scripts see those only that their job names, where that is so
     * @param memoryLimitMb the owner's bound for one process, 0 = none; what a job asks for is a reservation and no bound
     */
    public record ScriptIsolation(
            ScriptSandbox sandbox,
            List<Path> hidden,
            List<Path> readable,
            AccountedDatasets datasets,
            long memoryLimitMb) {}

    /** @param pods how they run in a cluster; empty = as processes of this machine */
    public ExecutorWorkload(Program program, Optional<ExecutorPods> pods) {
        this.program = program;
        this.pods = pods;
    }

    /** The executors that a run needs. @param workers of each task */
    List<ExecutorSeat> seats(ExecutorKey key, int workers) {
        return pods.isPresent() ? ExecutorSeat.each(key, workers) : ExecutorSeat.shared(key);
    }

    ExecutorDirectories directories() {
        return new ExecutorDirectories(program.directory());
    }

    Path directory(ExecutorSeat seat) {
        return directories().of(seat.name());
    }

    private Path configFile(ExecutorSeat seat) {
        return directories().configFile(seat.name());
    }

    /** @param datasets that the job names */
    ObjectNode config(ExecutorSeat seat, Runtime runtime, List<String> datasets) {
        ExecutorKey key = seat.key();
        ObjectNode config = JobJson.newObject();
        config.put("executor_id", seat.name());
        config.put("task_manager_file", program.addressFile().toString());
        config.put("bind", pods.isPresent() ? "0.0.0.0" : "127.0.0.1");
        config.put("port", pods.map(ExecutorPods::port).orElse(0));
        config.put("namespace", key.namespace());
        config.put("job", key.job());
        config.put("run", key.run());
        config.put("runtime", runtime.canonicalName());
        config.put("workspace", program.workspace().toString());
        config.put("python", program.pythons().getOrDefault(runtime, "python3"));
        config.put("sdk_python", program.pythonSdk());
        config.put("sdk_java", program.javaSdk());
        config.put("java", program.java().getFirst());
        ScriptSandbox sandbox = program.isolation().sandbox();
        config.put("sandbox", sandbox.used());
        config.put("sandbox_required", sandbox.required());
        config.put("network", sandbox.network());
        List<Path> others = program.isolation().datasets().others(datasets);
        List<Path> readable = new ArrayList<>(program.isolation().readable());
        readable.removeAll(others);
        putAll(config.putArray("readable"), readable);
        putAll(config.putArray("writable"), sandbox.writable());
        config.put("min_survivors", program.masking().minSurvivors());
        config.put("authorities", program.masking().authorities());
        config.put("certificate", program.masking().certificate());
        ArrayNode hidden = config.putArray("hidden");
        putAll(hidden, others);
        if (pods.isPresent()) {
            hidden.add(ExecutorPods.SECRETS);
            inPod(config, seat, pods.get());
        } else {
            putAll(hidden, program.isolation().hidden());
            config.put("memory_limit_mb", program.isolation().memoryLimitMb());
        }
        return config;
    }

    private static void putAll(ArrayNode array, List<Path> paths) {
        paths.forEach(path -> array.add(path.toString()));
    }

    private static void inPod(ObjectNode config, ExecutorSeat seat, ExecutorPods pods) {
        config.put("http_proxy", pods.httpProxy());
        config.put("https_proxy", pods.httpsProxy());
        config.put("no_proxy", String.join(",", seat.all()));
        config.put("worker", seat.worker().orElseThrow());
        ArrayNode workers = config.putArray("workers");
        seat.all().forEach(name -> workers.add(name + ":" + pods.scriptPort()));
    }

    /** @param resources of each worker; they bound pods only */
    WorkloadSpec spec(ExecutorSeat seat, Resources resources, String credential) {
        ExecutorKey key = seat.key();
        WorkloadSpec.Builder workload = WorkloadSpec.of(seat.name(), key.run(), command(seat))
                .label("component", COMPONENT)
                .label("client", key.client())
                .label("namespace", key.namespace())
                .label("job", key.job())
                .label("run", key.run())
                .workingDirectory(directory(seat))
                .secret(StdinSecrets.CREDENTIAL, credential);
        pods.ifPresent(placed -> asPod(workload, seat, resources, placed));
        return workload.build();
    }

    private List<String> command(ExecutorSeat seat) {
        List<String> command = new ArrayList<>();
        if (pods.isPresent()) {
            command.add(ExecutorPods.PROGRAM);
        } else {
            command.addAll(program.java());
            command.addAll(List.of("-cp", program.classPath(), MAIN));
        }
        command.addAll(List.of("--config_file", configFile(seat).toString()));
        return command;
    }

    private static void asPod(
            WorkloadSpec.Builder workload, ExecutorSeat seat, Resources resources, ExecutorPods pods) {
        workload.label("worker", Integer.toString(seat.worker().orElseThrow()))
                .image(pods.image())
                .port(pods.port())
                .port(pods.scriptPort())
                .resources(new WorkloadResources(
                        resources.getCpu(), resources.getMemoryMb(), resources.getGpu(), ExecutorPods.OWN_MEMORY_MB));
        pods.mounts().forEach(workload::mount);
        if (seat.workers() > 1) {
            workload.service(new WorkloadService(
                    List.of(
                            new WorkloadService.Port(pods.port(), pods.port()),
                            new WorkloadService.Port(pods.scriptPort(), pods.scriptPort())),
                    true));
        }
    }
}
