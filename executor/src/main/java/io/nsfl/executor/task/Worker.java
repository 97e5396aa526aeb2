package io.nsfl.executor.task;

import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.job.JobJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One of the processes that train a task together on this machine.
 *
 * @param index 0 is the chief: it alone commits
 * @param ports one free loopback port for each worker
 */
record Worker(int index, List<Integer> ports) {
    private static final String HOST = "127.0.0.1";

    Worker {
        ports = List.copyOf(ports);
    }

    /** What tells the workers apart and how they find each other; nothing for a worker on its own. */
    Map<String, String> environment(Runtime runtime) {
        if (ports.size() < 2) {
            return Map.of();
        }
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("WORKER_INDEX", Integer.toString(index));
        switch (runtime) {
            case TENSORFLOW -> environment.put("TF_CONFIG", tensorflow());
            case PYTORCH -> {
                environment.put("WORLD_SIZE", Integer.toString(ports.size()));
                environment.put("RANK", Integer.toString(index));
                environment.put("MASTER_ADDR", HOST);
                environment.put("MASTER_PORT", ports.getFirst().toString());
            }
            case DL4J -> {}
        }
        return environment;
    }

    private String tensorflow() {
        List<String> addresses = ports.stream().map(port -> HOST + ":" + port).toList();
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("cluster", Map.of("worker", addresses));
        config.put("task", Map.of("index", index, "type", "worker"));
        return JobJson.text(config);
    }
}
