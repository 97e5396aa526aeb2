package io.nsfl.executor.script;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.sandbox.Landlock;
import io.nsfl.sandbox.ProcessEnd;
import io.nsfl.sandbox.ScriptLog;
import io.nsfl.sandbox.ScriptOrder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One life of the process that is forked: requests go in, events come out, and what it was running ends with it. A process that dies
 * without an event never worked, so its scripts were not started; scripts of one that worked were killed.
 */
final class PreparedParent {
    private static final Logger log = LoggerFactory.getLogger(PreparedParent.class);
    private static final int KILL = 9;
    private static final int TAIL = 4_000;
    /** Between the end of its output and its own end. */
    private static final int LAST_SECONDS = 5;

    private final Process process;
    private final Path ownLog;
    private final Map<Integer, Fork> forks = new ConcurrentHashMap<>();
    private final Set<String> preloaded = new HashSet<>();
    private final CompletableFuture<ProcessEnd> over = new CompletableFuture<>();
    private int lastId;
    private volatile boolean worked;
    private volatile String givenUp = "";
    private volatile boolean ended;

    /** @param ownLog where its error output goes */
    PreparedParent(Process process, Path ownLog) {
        this.process = process;
        this.ownLog = ownLog;
        Thread.ofPlatform().daemon().name("prepared-python").start(this::listen);
    }

    /**
     * A script's process.
     *
     * @param pid -1 when it was not started
     * @param end completes after the pid
     */
    record Fork(CompletableFuture<Long> pid, CompletableFuture<ProcessEnd> end) {
        private Fork() {
            this(new CompletableFuture<>(), new CompletableFuture<>());
        }

        private void ended(ProcessEnd how) {
            pid.complete(-1L);
            end.complete(how);
        }
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Waits until a process that is not alive has been heard to its end: the next one writes over its log. */
    void awaitLastWords() {
        over.copy()
                .completeOnTimeout(new ProcessEnd.Signalled(KILL), LAST_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    /** Imports what it has not imported yet, for all scripts that follow. */
    synchronized void preload(List<String> modules) throws IOException {
        List<String> missing =
                modules.stream().filter(module -> !preloaded.contains(module)).toList();
        if (!missing.isEmpty()) {
            request(Map.of("preload", missing));
            preloaded.addAll(missing);
        }
    }

    /**
     * Has it become the script. Whatever goes wrong is the fork's end.
     *
     * @param landlock that the fork goes into before it is the script
     */
    synchronized Fork fork(ScriptOrder order, Optional<Landlock> landlock) {
        int id = ++lastId;
        Fork fork = new Fork();
        forks.put(id, fork);
        try {
            request(Map.of("id", id, "run", run(order, landlock)));
        } catch (IOException e) {
            // It has ended or is about to: its end says why, and is this fork's end.
            log.warn("The prepared Python process takes no more requests: {}", e.toString());
        }
        if (over.isDone()) {
            fork.ended(over.join());
        }
        return fork;
    }

    private static Map<String, Object> run(ScriptOrder order, Optional<Landlock> landlock) {
        Map<String, Object> run = new HashMap<>(Map.of(
                "argv",
                        Stream.concat(Stream.of(order.entry()), order.arguments().stream())
                                .toList(),
                "cwd", order.directory().toString(),
                "env", order.environment(),
                "log", order.log().toString(),
                "log_limit", ScriptOrder.LOG_LIMIT));
        landlock.map(each -> each.steps(List.of(order.workspace())))
                .ifPresent(steps -> run.put(
                        "landlock",
                        Map.of(
                                "grants",
                                steps.grants().stream()
                                        .map(grant -> List.of(grant.path().toString(), grant.rights()))
                                        .toList(),
                                "filter",
                                steps.filter())));
        return run;
    }

    private void request(Object request) throws IOException {
        process.getOutputStream().write((JobJson.text(request) + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** It is of no use any more. @param why continues a sentence about it */
    void giveUp(String why) {
        log.warn("The prepared Python process {}; it is ended", why);
        givenUp = why;
        end();
    }

    /** Kills it; what it runs counts as killed. */
    void end() {
        ended = true;
        process.destroyForcibly();
    }

    private void listen() {
        try (BufferedReader events = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = events.readLine(); line != null; line = events.readLine()) {
                handle(JobJson.object(line.getBytes(StandardCharsets.UTF_8)));
            }
        } catch (IOException | FaultException e) {
            if (!ended) {
                giveUp("is not understood (" + e.getMessage() + ")");
            }
        }
        over.complete(verdict(exitValue()));
        forks.values().forEach(fork -> fork.ended(over.join()));
    }

    private int exitValue() {
        try {
            if (!process.waitFor(LAST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 128 + KILL;
        }
    }

    private ProcessEnd verdict(int exitValue) {
        ProcessEnd end = ProcessEnd.ofExitValue(exitValue);
        boolean killed = givenUp.isEmpty() && end.equals(new ProcessEnd.Signalled(KILL));
        if (worked || killed) {
            return new ProcessEnd.Signalled(KILL);
        }
        String how = !givenUp.isEmpty() ? givenUp : "ended with exit value " + exitValue;
        String tail = ScriptLog.tail(ownLog, TAIL).strip();
        return new ProcessEnd.NotStarted("The prepared Python process " + how + " before it started any script."
                + (tail.isEmpty() ? " It wrote nothing." : "\n" + tail));
    }

    private void handle(ObjectNode event) {
        worked = true;
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
            Fork fork = forks.get(id);
            if (fork != null) {
                fork.pid.complete(pid.asLong());
            }
            return;
        }
        Fork fork = forks.remove(id);
        if (fork != null) {
            JsonNode ended = event.get("ended");
            fork.ended(
                    ended == null
                            ? new ProcessEnd.NotStarted(event.path("error").asString(""))
                            : end(ended.asInt()));
        }
    }

    private static ProcessEnd end(int code) {
        return code < 0 ? new ProcessEnd.Signalled(-code) : new ProcessEnd.Exited(code);
    }
}
