package io.nsfl.executor.script;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Starts Python scripts as forks of a process that has the SDK imported ({@code neursafe_fl._prepared}): milliseconds instead of the
 * start of an interpreter. The process is started again when it has ended; what it was running then counts as killed.
 */
public final class PreparedPython implements ScriptStarter, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PreparedPython.class);
    private static final int KILL = 9;
    private static final int LONGEST_IMPORT_MINUTES = 5;

    private final String python;
    private final Path sdk;
    private final Map<String, String> environment;
    private final Path parentLog;
    private final Isolation isolation;
    private final Map<Integer, Child> children = new ConcurrentHashMap<>();
    private final Set<String> preloaded = new HashSet<>();
    private Process parent;
    private OutputStream requests;
    private int lastId;

    /**
     * @param python interpreter
     * @param sdk directory that holds the package
     * @param environment of the process that is forked
     * @param parentLog what it has to say itself
     * @param isolation of it and so of all its forks
     */
    public PreparedPython(
            String python, Path sdk, Map<String, String> environment, Path parentLog, Isolation isolation) {
        this.python = python;
        this.sdk = sdk;
        this.environment = Map.copyOf(environment);
        this.parentLog = parentLog;
        this.isolation = isolation;
    }

    private record Child(ScriptOrder order, CompletableFuture<Long> pid, CompletableFuture<ProcessEnd> end) {}

    /** Starts the process that is forked, so that the first script does not wait for it. */
    public synchronized void prepare() throws IOException {
        if (parent != null && parent.isAlive()) {
            return;
        }
        ProcessBuilder builder = new ProcessBuilder(
                        SessionProcess.leading(isolation.limited(List.of(python, "-m", "neursafe_fl._prepared"))))
                .directory(sdk.toFile())
                .redirectError(parentLog.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        preloaded.clear();
        parent = builder.start();
        requests = parent.getOutputStream();
        Process started = parent;
        Thread.ofPlatform().daemon().name("prepared-python").start(() -> listen(started));
    }

    /** Imports modules once, for all scripts that follow. */
    public synchronized void preload(List<String> modules) throws IOException {
        List<String> missing =
                modules.stream().filter(module -> !preloaded.contains(module)).toList();
        if (!missing.isEmpty()) {
            prepare();
            request(Map.of("preload", missing));
            preloaded.addAll(missing);
        }
    }

    @Override
    public RunningScript start(ScriptOrder order) {
        Child child = new Child(order, new CompletableFuture<>(), new CompletableFuture<>());
        try {
            request(child);
        } catch (IOException e) {
            return SessionProcess.notStarted("The prepared Python process does not answer: " + e.getMessage());
        }
        long pid = awaitPid(child);
        CompletableFuture<ProcessEnd> swept = child.end.thenApplyAsync(
                end -> {
                    if (pid > 0) {
                        ProcessTree.kill(pid, order.marks());
                    }
                    return end;
                },
                task -> Thread.ofVirtual().start(task));
        return new RunningScript(pid, swept);
    }

    /** A module that is imported ahead may hang for ever: then the process that imports is of no use any more. */
    private long awaitPid(Child child) {
        try {
            return child.pid
                    .copy()
                    .orTimeout(LONGEST_IMPORT_MINUTES, TimeUnit.MINUTES)
                    .join();
        } catch (CompletionException late) {
            log.warn("The prepared Python process does not answer; it is ended");
            close();
            return child.pid.join();
        }
    }

    private synchronized void request(Child child) throws IOException {
        prepare();
        int id = ++lastId;
        children.put(id, child);
        ScriptOrder order = child.order;
        List<String> argv = java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(order.entry()), order.arguments().stream())
                .toList();
        try {
            request(Map.of(
                    "id",
                    id,
                    "run",
                    Map.of(
                            "argv", argv,
                            "cwd", order.directory().toString(),
                            "env", order.environment(),
                            "log", order.log().toString(),
                            "log_limit", ScriptOrder.LOG_LIMIT)));
        } catch (IOException e) {
            children.remove(id);
            throw e;
        }
    }

    private void request(Object request) throws IOException {
        requests.write((JobJson.text(request) + "\n").getBytes(StandardCharsets.UTF_8));
        requests.flush();
    }

    private void listen(Process process) {
        try (BufferedReader events = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = events.readLine(); line != null; line = events.readLine()) {
                handle(JobJson.object(line.getBytes(StandardCharsets.UTF_8)));
            }
        } catch (IOException | FaultException e) {
            log.warn("The prepared Python process is not understood any more: {}", e.toString());
        }
        process.destroyForcibly();
        synchronized (this) {
            if (parent == process) {
                parent = null;
            }
            // Children die with their parent; a newer parent has been given none of these.
            children.values().removeIf(child -> {
                child.pid.complete(-1L);
                child.end.complete(new ProcessEnd.Signalled(KILL));
                return true;
            });
        }
    }

    private void handle(ObjectNode event) {
        if (event.has("preload_failed")) {
            log.warn(
                    "Module {} could not be imported ahead: {}",
                    event.path("preload_failed").asString(""),
                    event.path("error").asString(""));
            return;
        }
        int id = event.path("id").asInt(0);
        JsonNode pid = event.get("pid");
        if (pid != null) {
            Child child = children.get(id);
            if (child != null) {
                child.pid.complete(pid.asLong());
            }
            return;
        }
        Child child = children.remove(id);
        if (child != null) {
            JsonNode ended = event.get("ended");
            child.pid.complete(-1L);
            child.end.complete(
                    ended == null
                            ? new ProcessEnd.NotStarted(event.path("error").asString(""))
                            : end(ended.asInt()));
        }
    }

    private static ProcessEnd end(int code) {
        return code < 0 ? new ProcessEnd.Signalled(-code) : new ProcessEnd.Exited(code);
    }

    @Override
    public synchronized void close() {
        if (parent != null) {
            parent.destroyForcibly();
        }
    }
}
