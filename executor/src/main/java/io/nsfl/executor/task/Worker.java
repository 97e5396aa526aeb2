package io.nsfl.executor.task;

import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.job.JobJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One of the processes that train a task together.
 *
 * @param index 0 is the chief: it alone commits
 * @param addresses {@code host:port} of each worker, for the scripts to find each other
 */
public record Worker(int index, List<String> addresses) {
    private static final String LOOPBACK = "127.0.0.1:";

    public Worker {
        addresses = List.copyOf(addresses);
    }

    /** Of workers that are all on this machine. @param ports one free loopback port for each */
    static Worker local(int index, List<Integer> ports) {
        return new Worker(index, ports.stream().map(port -> LOOPBACK + port).toList());
    }

    boolean chief() {
        return index == 0;
    }

    /** What tells the workers apart and how they find each other; nothing for a worker on its own. */
    Map<String, String> environment(Runtime runtime) {
        if (addresses.size() < 2) {
            return Map.of();
        }
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("WORKER_INDEX", Integer.toString(index));
        switch (runtime) {
            case TENSORFLOW -> environment.put("TF_CONFIG", tensorflow());
            case PYTORCH -> {
                environment.put("WORLD_SIZE", Integer.toString(addresses.size()));
                environment.put("RANK", Integer.toString(index));
                String master = addresses.getFirst();
                environment.put("MASTER_ADDR", master.substring(0, master.lastIndexOf(':')));
                environment.put("MASTER_PORT", master.substring(master.lastIndexOf(':') + 1));
            }
            case DL4J -> {}
        }
        return environment;
    }

    private String tensorflow() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("cluster", Map.of("worker", addresses));
        config.put("task", Map.of("index", index, "type", "worker"));
        return JobJson.text(config);
    }
}
