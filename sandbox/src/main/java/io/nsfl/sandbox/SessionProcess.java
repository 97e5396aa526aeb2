package io.nsfl.sandbox;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A child process in a session of its own, whose output goes to a log. */
public final class SessionProcess {
    private static final Logger log = LoggerFactory.getLogger(SessionProcess.class);

    private SessionProcess() {}

    /** The command that makes a command the leader of a new session under its own pid. */
    public static List<String> leading(List<String> command) {
        return java.util.stream.Stream.concat(java.util.stream.Stream.of("setsid"), command.stream())
                .toList();
    }

    /** Follows a started process: its output to the log, then its end. */
    public static RunningScript follow(Process process, ScriptOrder order) {
        CompletableFuture<ProcessEnd> end = new CompletableFuture<>();
        Thread output =
                Thread.ofPlatform().daemon().name("output-" + process.pid()).start(() -> copy(process, order));
        process.onExit()
                .thenAcceptAsync(
                        exited -> {
                            ProcessTree.kill(exited.pid(), order.marks());
                            try {
                                output.join();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            closeLifeline(exited);
                            end.complete(ProcessEnd.ofExitValue(exited.exitValue()));
                        },
                        task -> Thread.ofVirtual().start(task));
        return new RunningScript(process.pid(), end);
    }

    public static RunningScript notStarted(String reason) {
        return new RunningScript(-1, CompletableFuture.completedFuture(new ProcessEnd.NotStarted(reason)));
    }

    private static void closeLifeline(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // Its reader is gone already.
        }
    }

    private static void copy(Process process, ScriptOrder order) {
        try (ScriptLog file = new ScriptLog(order.log(), ScriptOrder.LOG_LIMIT)) {
            file.copy(process.getInputStream());
        } catch (IOException e) {
            log.warn("The output of process {} is not logged any further: {}", process.pid(), e.toString());
            drain(process);
        }
    }

    /** A full disk must not block the script for ever. */
    private static void drain(Process process) {
        try {
            process.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException e) {
            // It ended.
        }
    }
}
