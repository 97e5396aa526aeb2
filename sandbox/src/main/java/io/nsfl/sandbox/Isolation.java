package io.nsfl.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * How scripts are kept apart from the rest of the machine: a sandbox where there is one, and limits of the kernel always.
 *
 * @param sandbox command that starts another command in the sandbox; empty = there is none
 * @param memoryLimit bytes of data that one process may have (RLIMIT_DATA); 0 = no limit
 * @param fileLimit bytes that one file may grow to (RLIMIT_FSIZE); 0 = no limit
 */
public record Isolation(List<String> sandbox, long memoryLimit, long fileLimit) {
    /** A unit of {@code ulimit -f}. */
    private static final int BLOCK = 512;

    /** Nothing but the limits that always hold. */
    public static final Isolation NONE = new Isolation(List.of(), 0);

    public Isolation {
        sandbox = List.copyOf(sandbox);
    }

    /** Files of any size. */
    public Isolation(List<String> sandbox, long memoryLimit) {
        this(sandbox, memoryLimit, 0);
    }

    /** The command within the sandbox; the shell that runs it has set {@link #limits}. */
    List<String> enclose(List<String> command) {
        return Stream.concat(sandbox.stream(), command.stream()).toList();
    }

    /** What a shell has to do before it becomes the script: no core files, no more memory than allowed. */
    String limits() {
        return "ulimit -c 0; "
                + (memoryLimit > 0 ? "ulimit -d " + Math.max(1, memoryLimit >> 10) + "; " : "")
                + (fileLimit > 0 ? "ulimit -f " + Math.max(1, fileLimit / BLOCK) + "; " : "");
    }

    /** A command that sets the limits and then becomes the enclosed command, under the same process id. */
    public List<String> limited(List<String> command) {
        List<String> all = new ArrayList<>(List.of("sh", "-c", limits() + "exec \"$@\"", "sh"));
        all.addAll(enclose(command));
        return all;
    }

    /** For the log. */
    public String describe() {
        return (sandbox.isEmpty()
                        ? "resource limits and the user of this process"
                        : "a sandbox (" + name() + "), resource limits and the user of this process")
                + (memoryLimit > 0 ? ", " + (memoryLimit >> 20) + " MB of memory for each process" : "");
    }

    private String name() {
        return sandbox.contains(LandlockProgram.class.getName()) ? "Landlock" : "bubblewrap";
    }
}
