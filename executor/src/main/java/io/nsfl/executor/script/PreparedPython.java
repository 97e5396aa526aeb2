package io.nsfl.executor.script;

import io.nsfl.sandbox.Isolation;
import io.nsfl.sandbox.ProcessEnd;
import io.nsfl.sandbox.ProcessTree;
import io.nsfl.sandbox.RunningScript;
import io.nsfl.sandbox.ScriptOrder;
import io.nsfl.sandbox.ScriptStarter;
import io.nsfl.sandbox.SessionProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Starts Python scripts as forks of a process that has the SDK imported ({@code neursafe_fl._prepared}): milliseconds instead of the
 * start of an interpreter. The process is started again when it has ended; what it was running then counts as killed. Where it ended
 * before it worked at all, the script's end says so with the last lines of its log.
 */
public final class PreparedPython implements ScriptStarter, AutoCloseable {
    private static final int LONGEST_IMPORT_MINUTES = 5;

    private final String python;
    private final Path sdk;
    private final Map<String, String> environment;
    private final Path parentLog;
    private final Isolation isolation;
    private PreparedParent parent;

    /**
     * @param python interpreter
     * @param sdk directory that holds the package
     * @param environment of the process that is forked
     * @param parentLog what it has to say itself
     * @param isolation of it and so of all its forks, but for Landlock, which is each fork's own
     */
    public PreparedPython(
            String python, Path sdk, Map<String, String> environment, Path parentLog, Isolation isolation) {
        this.python = python;
        this.sdk = sdk;
        this.environment = Map.copyOf(environment);
        this.parentLog = parentLog;
        this.isolation = isolation;
    }

    /** Starts the process that is forked, so that the first script does not wait for it. */
    public void prepare() throws IOException {
        prepared();
    }

    private synchronized PreparedParent prepared() throws IOException {
        if (parent != null) {
            if (parent.alive()) {
                return parent;
            }
            parent.awaitLastWords();
        }
        ProcessBuilder builder = new ProcessBuilder(
                        SessionProcess.leading(isolation.limitedParent(List.of(python, "-m", "neursafe_fl._prepared"))))
                .directory(sdk.toFile())
                .redirectError(parentLog.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        parent = new PreparedParent(builder.start(), parentLog);
        return parent;
    }

    /** Imports modules once, for all scripts that follow. */
    public void preload(List<String> modules) throws IOException {
        prepared().preload(modules);
    }

    @Override
    public RunningScript start(ScriptOrder order) {
        PreparedParent forked;
        try {
            forked = prepared();
        } catch (IOException e) {
            return SessionProcess.notStarted("The prepared Python process does not start: " + e.getMessage());
        }
        PreparedParent.Fork script = forked.fork(order, isolation.landlock());
        long pid = awaitPid(forked, script);
        CompletableFuture<ProcessEnd> swept = script.end()
                .thenApplyAsync(
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
    private static long awaitPid(PreparedParent forked, PreparedParent.Fork script) {
        try {
            return script.pid()
                    .copy()
                    .orTimeout(LONGEST_IMPORT_MINUTES, TimeUnit.MINUTES)
                    .join();
        } catch (CompletionException late) {
            forked.giveUp("did not answer for " + LONGEST_IMPORT_MINUTES + " minutes");
            return script.pid().join();
        }
    }

    @Override
    public synchronized void close() {
        if (parent != null) {
            parent.end();
        }
    }
}
