package io.nsfl.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How scripts are kept apart from the rest of the machine: a sandbox where there is one, and limits of the kernel always.
 *
 * @param sandbox command that starts another command in the sandbox that all share; empty = there is none
 * @param landlock the sandbox that each has for itself; empty = there is none
 * @param memoryLimit bytes of data that one process may have (RLIMIT_DATA); 0 = no limit
 * @param fileLimit bytes that one file may grow to (RLIMIT_FSIZE); 0 = no limit
 */
public record Isolation(List<String> sandbox, Optional<Landlock> landlock, long memoryLimit, long fileLimit) {
    /** A unit of {@code ulimit -f}. */
    private static final int BLOCK = 512;

    /** Nothing but the limits that always hold. */
    public static final Isolation NONE = limits(0, 0);

    public Isolation {
        sandbox = List.copyOf(sandbox);
    }

    /** No sandbox. */
    public static Isolation limits(long memoryLimit, long fileLimit) {
        return new Isolation(List.of(), Optional.empty(), memoryLimit, fileLimit);
    }

    /** Whether there is a sandbox. */
    public boolean confines() {
        return !sandbox.isEmpty() || landlock.isPresent();
    }

    /**
     * The command within the sandbox; the shell that runs it has set {@link #limits}.
     *
     * @param own directories that are its own to write to
     */
    List<String> enclose(List<String> command, List<Path> own) {
        return enclose(landlock.map(each -> each.command(own)), command);
    }

    private List<String> enclose(Optional<List<String>> ownSandbox, List<String> command) {
        return Stream.of(sandbox, ownSandbox.orElse(List.of()), command)
                .flatMap(List::stream)
                .toList();
    }

    /** What a shell has to do before it becomes the script: no core files, no more memory than allowed. */
    String limits() {
        return "ulimit -c 0; "
                + (memoryLimit > 0 ? "ulimit -d " + Math.max(1, memoryLimit >> 10) + "; " : "")
                + (fileLimit > 0 ? "ulimit -f " + Math.max(1, fileLimit / BLOCK) + "; " : "");
    }

    /**
     * A command that sets the limits and then becomes the enclosed command, under the same process id. Under {@link #landlock} it has to be
     * waited for with {@link Landlock#awaitEntry}.
     *
     * @param own directories that are its own to write to
     */
    public List<String> limited(List<String> command, List<Path> own) {
        return afterLimits(enclose(landlock.map(each -> each.tellingCommand(own)), command));
    }

    /** As {@link #limited} for a program of ours that becomes scripts, and puts each under {@link #landlock} by itself. */
    public List<String> limitedParent(List<String> command) {
        return afterLimits(enclose(Optional.empty(), command));
    }

    private List<String> afterLimits(List<String> command) {
        List<String> all = new ArrayList<>(List.of("sh", "-c", limits() + "exec \"$@\"", "sh"));
        all.addAll(command);
        return all;
    }

    /** For the log. */
    public String describe() {
        return (confines()
                        ? "a sandbox (" + (landlock.isPresent() ? "Landlock" : "bubblewrap")
                                + "), resource limits and the user of this process"
                        : "resource limits and the user of this process")
                + (memoryLimit > 0 ? ", " + (memoryLimit >> 20) + " MB of memory for each process" : "");
    }
}
