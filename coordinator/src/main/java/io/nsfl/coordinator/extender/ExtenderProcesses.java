package io.nsfl.coordinator.extender;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.sandbox.Directories;
import io.nsfl.sandbox.ScriptOrder;
import io.nsfl.sandbox.ScriptRun;
import io.nsfl.sandbox.ScriptStarter;
import io.nsfl.servicekit.time.Timers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import tools.jackson.databind.node.ObjectNode;

/**
 * The processes in which an extender runs: one for each call, in an environment that is built from nothing, with limits of time, memory and
 * output. One call at a time; {@link #stop} from any thread.
 */
public final class ExtenderProcesses {
    private static final int LARGEST_RESPONSE = 1 << 20;

    private final ScriptStarter starter;
    private final Timers timers;
    private final LongSupplier oomKills;
    private final Map<String, String> environment;
    private final ExtenderSettings settings;
    private ScriptRun current;
    private boolean stopped;

    /**
     * @param environment what every process needs to live (PATH, HOME, LANG); nothing else is given to extenders but what a call is about
     * @param oomKills how many processes the kernel has killed for want of memory so far
     */
    public ExtenderProcesses(
            ScriptStarter starter,
            Timers timers,
            LongSupplier oomKills,
            Map<String, String> environment,
            ExtenderSettings settings) {
        this.starter = starter;
        this.timers = timers;
        this.oomKills = oomKills;
        this.environment = Map.copyOf(environment);
        this.settings = settings;
    }

    ExtenderSettings settings() {
        return settings;
    }

    /**
     * Runs one call.
     *
     * @param directory the extender's; the working directory
     * @param work an empty directory of the call: its {@code out} holds what the call writes
     * @param variables what the call is about
     * @return the response
     * @throws FaultException SCRIPT_* with the tail of what the extender wrote; EXTENDER_FAILED with what is wrong in words
     */
    ObjectNode call(
            ExtenderProgram program, Path directory, Path work, ObjectNode request, Map<String, String> variables) {
        try {
            Files.createDirectories(work.resolve("out"));
            Files.createDirectories(work.resolve("tmp"));
            Files.write(work.resolve("request.json"), JobJson.bytes(request));
        } catch (IOException failed) {
            throw unusable(work, failed);
        }
        ScriptOrder order = new ScriptOrder(
                program.command(),
                program.first(),
                List.of(work.toString()),
                directory,
                environment(directory, work, variables),
                work,
                work.resolve("extender.log"));
        begin(order).await();
        return response(work.resolve("out"));
    }

    /** Ends the call that runs, and all that come after it. */
    public void stop(String reason) {
        ScriptRun running;
        synchronized (this) {
            stopped = true;
            running = current;
        }
        if (running != null) {
            running.stop(ending(reason));
        }
    }

    private synchronized ScriptRun begin(ScriptOrder order) {
        if (stopped) {
            throw ending("the job is being stopped");
        }
        current = new ScriptRun(
                List.of(order),
                new ScriptRun.Bound(
                        settings.timeout(), "make it faster, or raise EXTENDER_TIMEOUT_S of the coordinator"),
                starter,
                timers,
                oomKills);
        return current;
    }

    private Map<String, String> environment(Path directory, Path work, Map<String, String> variables) {
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.put("TMPDIR", work.resolve("tmp").toString());
        all.put("PYTHONPATH", directory.toString());
        all.put("PYTHONDONTWRITEBYTECODE", "1");
        // Also what all of its processes are known by when they are killed.
        all.put("TASK_WORKSPACE", work.toString());
        all.putAll(variables);
        return all;
    }

    private static ObjectNode response(Path out) {
        Path file = out.resolve("response.json");
        try {
            if (!Files.isDirectory(out, LinkOption.NOFOLLOW_LINKS)
                    || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    || Files.size(file) > LARGEST_RESPONSE) {
                throw failed("The extender's process ended without an answer of at most " + (LARGEST_RESPONSE >> 20)
                        + " MiB; do not write to its directory out.");
            }
            ObjectNode response = parsed(Files.readAllBytes(file));
            String problem = response.path("problem").asString("");
            if (!problem.isEmpty()) {
                throw failed(problem);
            }
            return response;
        } catch (IOException unreadable) {
            throw failed("The answer of the extender's process cannot be read: " + unreadable.getMessage() + ".");
        }
    }

    private static ObjectNode parsed(byte[] answer) {
        try {
            return JobJson.object(answer);
        } catch (FaultException malformed) {
            throw failed("The answer of the extender's process is no JSON object: " + malformed.getMessage());
        }
    }

    /** Removes the directory of a call. */
    static void forget(Path work) {
        try {
            Directories.delete(work);
        } catch (IOException failed) {
            throw unusable(work, failed);
        }
    }

    static FaultException failed(String message) {
        return new FaultException(Fault.EXTENDER_FAILED, message);
    }

    static FaultException unusable(Path path, IOException cause) {
        return new FaultException(
                Fault.STORAGE_UNAVAILABLE,
                "The coordinator cannot use its local directory " + path + ": " + cause.getMessage() + ".",
                cause);
    }

    private static FaultException ending(String reason) {
        return failed("The extender was ended: " + reason + ".");
    }
}
