package io.nsfl.workload.process;

import io.nsfl.workload.WorkloadSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line that runs a workload's program: a shell in a session of its own, which notes its identity, waits for the
 * program and records its exit status. The shell outlives the launcher, so an end that nobody watched is known too.
 */
final class Supervisor {
    /** An argument by which a supervising shell is known. */
    static final String MARK = "nsfl-workload";

    // A handler (":") instead of ignoring keeps the shell alive through TERM while the program still gets the default
    // action.
    private static final String SCRIPT = """
            state=$1; oom=$2; limit=$3; shift 3
            trap : TERM INT HUP
            kills() { n=$(sed -n 's/^oom_kill //p' "$oom" 2>/dev/null); echo "${n:-0}"; }
            before=$(kills)
            cat /proc/$$/stat > "$state/process.tmp" && mv "$state/process.tmp" "$state/process"
            [ "$limit" -gt 0 ] && ulimit -d "$limit"
            "$@"
            code=$?
            echo "$code $before $(kills)" > "$state/exit.tmp" && mv "$state/exit.tmp" "$state/exit"
            """;

    private final Path memoryEvents;

    private Supervisor(Path memoryEvents) {
        this.memoryEvents = memoryEvents;
    }

    /** With the file in which the kernel counts what it killed for lack of memory, of control groups version 2 or 1. */
    static Supervisor forThisMachine(List<String> ownCgroups) {
        for (String line : ownCgroups) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3 && fields[0].equals("0")) {
                Path events = Path.of("/sys/fs/cgroup" + fields[2], "memory.events");
                Path events2 = Files.exists(events) ? events : Path.of("/sys/fs/cgroup/memory.events");
                if (Files.exists(events2)) {
                    return new Supervisor(events2);
                }
            }
        }
        return new Supervisor(Path.of("/sys/fs/cgroup/memory/memory.oom_control"));
    }

    List<String> command(WorkloadSpec spec, StateDirectory state) {
        List<String> command = new ArrayList<>(List.of("setsid", "sh", "-c", SCRIPT, MARK));
        command.add(state.path().toString());
        command.add(memoryEvents.toString());
        command.add(Long.toString(spec.resources().memoryMb() * 1024));
        command.addAll(spec.command());
        return command;
    }
}
