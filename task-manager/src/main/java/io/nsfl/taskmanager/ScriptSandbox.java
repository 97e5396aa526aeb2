package io.nsfl.taskmanager;

import java.nio.file.Path;
import java.util.List;

/**
 * How the owner wants scripts kept apart from the rest of the machine.
 *
 * @param used whether they run in a sandbox where there is one
 * @param required whether none runs where there is none
 * @param network whether they reach other machines; without, the sandbox is required, for nothing else cuts them off
 * @param writable directories that they may write to beside their workspaces
 */
public record ScriptSandbox(boolean used, boolean required, boolean network, List<Path> writable) {
    /** A sandbox where there is one. */
    public static final ScriptSandbox DEFAULT = new ScriptSandbox(true, false, true, List.of());

    public ScriptSandbox {
        writable = List.copyOf(writable);
    }
}
