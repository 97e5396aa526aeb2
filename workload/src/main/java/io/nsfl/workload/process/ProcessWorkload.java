package io.nsfl.workload.process;

import io.nsfl.workload.WorkloadEnd;
import io.nsfl.workload.WorkloadPhase;
import io.nsfl.workload.WorkloadStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One launched process tree: its supervising shell, everything seen below it, and how it ended. Not for several threads; the
 * launcher guards it.
 */
final class ProcessWorkload {
    private final StateDirectory state;
    private final StateDirectory.Launched launched;
    private final LogFile log;
    private final ProcessTable table;
    private final Optional<ProcessTable.Entry> supervisor;
    /** Start time by id of everything seen below the supervisor, for what left its session and lost its parent since. */
    private final Map<Long, Long> seen = new HashMap<>();

    private Optional<WorkloadEnd> end = Optional.empty();

    ProcessWorkload(
            StateDirectory state,
            StateDirectory.Launched launched,
            LogFile log,
            ProcessTable table,
            Optional<ProcessTable.Entry> supervisor) {
        this.state = state;
        this.launched = launched;
        this.log = log;
        this.table = table;
        this.supervisor = supervisor;
    }

    String name() {
        return launched.name();
    }

    String revision() {
        return launched.revision();
    }

    StateDirectory state() {
        return state;
    }

    boolean carries(Map<String, String> labels) {
        return launched.labels().entrySet().containsAll(labels.entrySet());
    }

    boolean ended() {
        return end.isPresent();
    }

    /** Looks whether it still runs. @return true when it was found ended for the first time */
    boolean look() {
        if (end.isPresent()) {
            return false;
        }
        boolean running = supervisor.isPresent() && same(supervisor.get());
        end = state.exit();
        if (end.isEmpty() && !running) {
            // The shell writes the status as its last act: ask once more after it was seen gone.
            end = Optional.of(state.exit().orElse(new WorkloadEnd.Lost()));
        }
        return end.isPresent();
    }

    /** Every living process of it, also those that left its session while somebody looked on. */
    List<ProcessTable.Entry> tree() {
        if (supervisor.isEmpty()) {
            return List.of();
        }
        seen.entrySet()
                .removeIf(entry -> table.find(entry.getKey())
                        .filter(process -> process.startTicks() == entry.getValue())
                        .isEmpty());
        long session = sessionStillOurs() ? supervisor.get().pid() : -1;
        List<ProcessTable.Entry> tree = table.tree(session, new HashSet<>(seen.keySet()));
        tree.forEach(process -> seen.put(process.pid(), process.startTicks()));
        return tree;
    }

    /** A dead shell's id is not given to another process while its session has members, but may be afterwards. */
    private boolean sessionStillOurs() {
        ProcessTable.Entry shell = supervisor.orElseThrow();
        return table.find(shell.pid())
                .map(now -> now.startTicks() == shell.startTicks())
                .orElse(true);
    }

    private boolean same(ProcessTable.Entry process) {
        return table.find(process.pid())
                .filter(now -> now.startTicks() == process.startTicks())
                .isPresent();
    }

    WorkloadStatus status() {
        return new WorkloadStatus(
                launched.name(),
                launched.revision(),
                launched.labels(),
                end.isPresent() ? WorkloadPhase.ENDED : WorkloadPhase.RUNNING,
                end,
                log.tail(),
                Optional.of(log.path()),
                supervisor.map(shell -> OptionalLong.of(shell.pid())).orElse(OptionalLong.empty()),
                launched.startedAt());
    }
}
