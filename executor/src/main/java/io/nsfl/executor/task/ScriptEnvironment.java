package io.nsfl.executor.task;

import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.TaskDescription;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * The environment of a script, built from nothing: what a process needs to live, and what the task tells it. Nothing else of the
 * executor's own environment is in it.
 *
 * @param base what every script gets: PATH, HOME, LANG and the like
 * @param sdk directory of the Python SDK, first on PYTHONPATH
 */
public record ScriptEnvironment(Map<String, String> base, Path sdk) {
    public ScriptEnvironment {
        base = Map.copyOf(base);
    }

    /** @param worker place of this worker among those of the task */
    Map<String, String> of(RunTaskRequest request, Path directory, Worker worker) {
        TaskDescription task = request.getDescription();
        Map<String, String> environment = new LinkedHashMap<>(base);
        environment.put("TMPDIR", Path.of(request.getWorkspace()).resolve("tmp").toString());
        environment.put("TASK_RUNTIME", task.getRuntime());
        environment.put("TASK_WORKSPACE", request.getWorkspace());
        if (!request.getDatasetsFile().isEmpty()) {
            environment.put("DATASETS", request.getDatasetsFile());
        }
        environment.put("PYTHONPATH", sdk + File.pathSeparator + directory);
        environment.put("OPTIMIZER_NAME", task.getOptimizerName());
        environment.put("OPTIMIZER_PARAMS", optimizerParams(task.getOptimizerParamsJson()));
        if (task.hasSeed()) {
            environment.put("NSFL_SEED", Long.toString(task.getSeed()));
        }
        int gpus = request.getResources().getGpu();
        // In a pod the node hands out the devices.
        if (gpus > 0 && request.getResources().getGpuDevicesCount() > 0) {
            environment.put(
                    "CUDA_VISIBLE_DEVICES",
                    request.getResources().getGpuDevicesList().stream()
                            .skip((long) worker.index() * gpus)
                            .limit(gpus)
                            .map(device -> Integer.toString(device))
                            .collect(Collectors.joining(",")));
        }
        Runtime.of(task.getRuntime()).ifPresent(runtime -> environment.putAll(worker.environment(runtime)));
        return environment;
    }

    /** {@code key::value,key::value}. */
    private static String optimizerParams(String json) {
        if (json.isBlank()) {
            return "";
        }
        ObjectNode params = JobJson.object(json.getBytes(StandardCharsets.UTF_8));
        return params.properties().stream()
                .map(param -> param.getKey() + "::" + ScriptArguments.text(param.getValue()))
                .collect(Collectors.joining(","));
    }
}
