package io.nsfl.taskmanager;

import io.nsfl.protocol.ids.Runtime;
import io.nsfl.taskmanager.fetch.ScriptPolicy;
import io.nsfl.taskmanager.privacy.PrivacyBudget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A client's setup, checked: from the setup file and the command line.
 *
 * @param server {@code host:port} of the one server this client dials
 * @param name an attribute for people; may be empty
 * @param address of record: {@code external_address}, or host and port; nothing listens there
 * @param port the port of record, part of every task's id
 * @param platform {@code linux} or {@code k8s}
 * @param lmdbPath directory of the task store
 * @param workspace directory of the tasks' workspaces, and below {@code .nsfl} of what the client keeps for itself
 * @param taskConfigEntry directory of this client's own task configs
 * @param datasets datasets.json, where there is one
 * @param storageQuotaMb how much the workspaces may take
 * @param registration whether servers may choose this client without naming it
 * @param runtimes that the owner allows; empty = every one that works
 * @param pythons interpreters by runtime; {@code python3} where none is named
 * @param maxTaskParallelism tasks at once; negative = as many as the resources allow
 * @param capCpu the owner's bound per worker, 0 = none; likewise GPUs and MB of memory
 * @param scriptPolicy whose scripts from the server are run
 * @param sandbox how scripts are kept apart
 * @param executorIdle how long an executor without work stays
 * @param installation directory of the installed platform; empty = found beside this program
 * @param access how the server is reached
 * @param masking what is insisted on when results are masked
 * @param privacyBudget what the owner is willing to give away of each dataset; empty = no limit
 */
public record TaskManagerProperties(
        String server,
        String name,
        String address,
        int port,
        String platform,
        Path lmdbPath,
        Path workspace,
        Path taskConfigEntry,
        Optional<Path> datasets,
        long storageQuotaMb,
        String logLevel,
        boolean registration,
        List<String> labels,
        Set<Runtime> runtimes,
        Map<Runtime, String> pythons,
        int maxTaskParallelism,
        double capCpu,
        int capGpu,
        long capMemoryMb,
        ScriptPolicy scriptPolicy,
        ScriptSandbox sandbox,
        Duration executorIdle,
        Optional<Path> installation,
        ServerAccess access,
        MaskingPolicy masking,
        Optional<PrivacyBudget> privacyBudget) {
    /** The interpreter of a runtime's scripts. */
    public String python(Runtime runtime) {
        return pythons.getOrDefault(runtime, "python3");
    }

    /** Whether executors are pods of the cluster that this client runs in. */
    public boolean inCluster() {
        return platform.equals("k8s");
    }

    /** What the client keeps for itself: caches, executors, logs. */
    public Path own() {
        return workspace.resolve(".nsfl");
    }
}
