package io.nsfl.workload.process;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Ends process trees: TERM to every process, a wait, then KILL until none is left. */
final class ProcessEnding {
    private static final Duration LOOK = Duration.ofMillis(20);
    /** KILL cannot be refused; only a process inside a hanging system call outlives it. */
    private static final Duration AFTER_KILL = Duration.ofSeconds(10);

    private final ProcessTable table;

    ProcessEnding(ProcessTable table) {
        this.table = table;
    }

    /** @param tree the living processes now, asked again and again because a dying program may still start others */
    void end(Supplier<List<ProcessTable.Entry>> tree, Duration grace) {
        List<ProcessTable.Entry> polite = tree.get();
        polite.forEach(process -> handle(process).ifPresent(ProcessHandle::destroy));
        if (waitUntilGone(tree, grace, List::size)) {
            return;
        }
        waitUntilGone(tree, AFTER_KILL, processes -> {
            kill(processes);
            return processes.size();
        });
    }

    void kill(List<ProcessTable.Entry> processes) {
        processes.forEach(process -> handle(process).ifPresent(ProcessHandle::destroyForcibly));
    }

    private boolean waitUntilGone(Supplier<List<ProcessTable.Entry>> tree, Duration bound, Look look) {
        long looks = bound.dividedBy(LOOK) + 1;
        for (long done = 0; done < looks; done++) {
            if (look.at(tree.get()) == 0) {
                return true;
            }
            pause();
        }
        return false;
    }

    /** Only if the id still belongs to the process that was meant. */
    private Optional<ProcessHandle> handle(ProcessTable.Entry process) {
        return table.find(process.pid())
                .filter(now -> now.startTicks() == process.startTicks())
                .flatMap(now -> ProcessHandle.of(now.pid()));
    }

    /** Nothing announces the end of another's child, so it is looked at in short steps. */
    private static void pause() {
        try {
            new CountDownLatch(1).await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a process was being ended", e);
        }
    }

    @FunctionalInterface
    private interface Look {
        int at(List<ProcessTable.Entry> processes);
    }
}
