package io.nsfl.executor.script;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One process to start for a script.
 *
 * @param command program as the task config names it
 * @param entry script, relative to the directory
 * @param arguments what follows the entry
 * @param directory working directory
 * @param environment all variables; none is inherited
 * @param workspace the task's workspace
 * @param log where its output goes
 */
public record ScriptOrder(
        String command,
        String entry,
        List<String> arguments,
        Path directory,
        Map<String, String> environment,
        Path workspace,
        Path log) {
    /** Bound of the log on disk; the latest output is kept. */
    public static final int LOG_LIMIT = 16 << 20;
}
