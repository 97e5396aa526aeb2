package io.nsfl.sandbox;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.servicekit.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * The processes of one order of work from their start to their end. All of them must end well; the first that does not ends the others. May
 * be stopped by any thread.
 */
public final class ScriptRun {
    private static final int TAIL = 4_000;
    /** What interpreters, allocators and frameworks write when they get no more memory. */
    private static final List<String> OUT_OF_MEMORY = List.of(
            "MemoryError",
            "java.lang.OutOfMemoryError",
            "insufficient memory for the Java Runtime",
            "CUDA out of memory",
            "DefaultCPUAllocator: can't allocate memory",
            "DefaultCPUAllocator: not enough memory",
            "OOM when allocating",
            "std::bad_alloc",
            "Cannot allocate memory");

    private static final int SIGHUP = 1;
    private static final int SIGINT = 2;
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;

    private final List<ScriptOrder> workers;
    private final Bound bound;
    private final ScriptStarter starter;
    private final Timers timers;
    private final LongSupplier oomKills;
    private final AtomicReference<FaultException> stopped = new AtomicReference<>();
    private final List<RunningScript> running = new ArrayList<>();

    /**
     * How long it may take.
     *
     * @param advice what to do about a timeout, continues the sentence that says so
     */
    public record Bound(Duration timeout, String advice) {}

    /** @param oomKills how many processes the kernel has killed for want of memory so far */
    public ScriptRun(
            List<ScriptOrder> workers, Bound bound, ScriptStarter starter, Timers timers, LongSupplier oomKills) {
        this.workers = List.copyOf(workers);
        this.bound = bound;
        this.starter = starter;
        this.timers = timers;
        this.oomKills = oomKills;
    }

    /** Runs to the end. @throws FaultException why it did not end well */
    public void await() {
        long oomBefore = oomKills.getAsLong();
        Timers.Timer timer = timers.schedule(
                bound.timeout(),
                task -> Thread.ofVirtual().start(task),
                () -> stop(new FaultException(
                        Fault.SCRIPT_TIMEOUT,
                        "The script ran longer than its timeout of "
                                + bound.timeout().toSeconds() + " s and was killed; " + bound.advice() + ".")));
        try {
            List<CompletableFuture<Void>> ends = new ArrayList<>();
            for (ScriptOrder order : workers) {
                RunningScript script = start(order);
                ends.add(script.end().thenAccept(end -> judge(end, order, oomBefore)));
            }
            CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).join();
        } finally {
            timer.cancel();
        }
        FaultException failure = stopped.get();
        if (failure != null) {
            throw failure;
        }
    }

    /** Kills all processes; the first reason counts. Harmless when repeated or late. */
    public void stop(FaultException reason) {
        stopped.compareAndSet(null, reason);
        List<RunningScript> scripts;
        synchronized (running) {
            scripts = List.copyOf(running);
        }
        for (int i = 0; i < scripts.size(); i++) {
            RunningScript script = scripts.get(i);
            if (script.pid() > 0 && !script.end().isDone()) {
                ProcessTree.kill(script.pid(), workers.get(i).marks());
            }
        }
    }

    private RunningScript start(ScriptOrder order) {
        RunningScript script;
        synchronized (running) {
            script = stopped.get() != null
                    ? new RunningScript(-1, CompletableFuture.completedFuture(new ProcessEnd.Signalled(SIGKILL)))
                    : starter.start(order);
            running.add(script);
        }
        if (stopped.get() != null) {
            stop(stopped.get());
        }
        return script;
    }

    private void judge(ProcessEnd end, ScriptOrder order, long oomBefore) {
        switch (end) {
            case ProcessEnd.Exited exited -> exited(exited.code(), order);
            case ProcessEnd.Signalled killed -> stop(signalled(killed.signal(), order, oomBefore));
            case ProcessEnd.NotStarted failed ->
                stop(new FaultException(
                        Fault.SCRIPT_FAILED,
                        "The script " + order.command() + " " + order.entry() + " could not be started: "
                                + failed.reason()));
        }
    }

    private void exited(int code, ScriptOrder order) {
        if (code != 0) {
            stop(
                    outOfMemory(order)
                            ? failed(
                                    Fault.SCRIPT_OUT_OF_MEMORY,
                                    "The script ran out of memory (exit code " + code + ").",
                                    order)
                            : failed(Fault.SCRIPT_FAILED, "The script ended with exit code " + code + ".", order));
        }
    }

    private FaultException signalled(int signal, ScriptOrder order, long oomBefore) {
        if (signal == SIGKILL && oomKills.getAsLong() > oomBefore) {
            return failed(Fault.SCRIPT_OUT_OF_MEMORY, "The system killed the script for want of memory.", order);
        }
        return switch (signal) {
            case SIGHUP, SIGINT, SIGKILL, SIGTERM ->
                failed(Fault.SCRIPT_KILLED, "The script was killed by signal " + signal + " from outside.", order);
            default ->
                outOfMemory(order)
                        ? failed(
                                Fault.SCRIPT_OUT_OF_MEMORY,
                                "The script ran out of memory (signal " + signal + ").",
                                order)
                        : failed(Fault.SCRIPT_FAILED, "The script crashed with signal " + signal + ".", order);
        };
    }

    private static boolean outOfMemory(ScriptOrder order) {
        String tail = ScriptLog.tail(order.log(), TAIL);
        return OUT_OF_MEMORY.stream().anyMatch(tail::contains);
    }

    private static FaultException failed(Fault fault, String sentence, ScriptOrder order) {
        String tail = ScriptLog.tail(order.log(), TAIL).strip();
        return new FaultException(fault, tail.isEmpty() ? sentence + " It wrote nothing." : sentence + "\n" + tail);
    }
}
