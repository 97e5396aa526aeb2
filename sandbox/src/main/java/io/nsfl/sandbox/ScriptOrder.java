package io.nsfl.sandbox;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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

    /** What the environments of this script's processes have and those of no other: workers of one task differ in their index. */
    public List<String> marks() {
        return Stream.of("TASK_WORKSPACE", "WORKER_INDEX")
                .filter(environment::containsKey)
                .map(name -> latin1(name + "=" + environment.get(name)))
                .toList();
    }

    /** As the bytes of an environment read one by one. */
    private static String latin1(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
