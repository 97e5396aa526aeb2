package io.nsfl.executor.script;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that a script started, found through {@code /proc}: the processes of its session and group, their descendants, and
 * whoever carries the task's TASK_WORKSPACE in its environment, so that one that made itself a daemon is found too.
 */
public final class ProcessTree {
    private static final Logger log = LoggerFactory.getLogger(ProcessTree.class);
    private static final Path PROC = Path.of("/proc");
    private static final int PASSES = 2_000;
    private static final long PAUSE_NANOS = 1_000_000;

    private ProcessTree() {}

    /**
     * Kills until nothing is left; a process that multiplies is outrun because each pass kills all it sees.
     *
     * @param leader of the script's session
     * @param workspace value of the script's TASK_WORKSPACE
     */
    public static void kill(long leader, Path workspace) {
        for (int pass = 0; pass < PASSES; pass++) {
            Set<Long> alive = alive(leader, workspace);
            if (alive.isEmpty()) {
                return;
            }
            alive.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            // The kernel takes a moment to bury them.
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        log.warn("Some processes of the task in {} could not be killed", workspace);
    }

    static Set<Long> alive(long leader, Path workspace) {
        byte[] mark = ("TASK_WORKSPACE=" + workspace + "\0").getBytes(StandardCharsets.UTF_8);
        long self = ProcessHandle.current().pid();
        Map<Long, Long> parents = new HashMap<>();
        Set<Long> found = new HashSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                Stat stat = pid == self ? null : Stat.read(process);
                if (stat == null || stat.dead()) {
                    continue;
                }
                parents.put(pid, stat.parent());
                if (pid == leader || stat.group() == leader || stat.session() == leader || carries(process, mark)) {
                    found.add(pid);
                }
            }
        } catch (IOException e) {
            log.warn("Cannot list processes: {}", e.toString());
        }
        boolean grown = true;
        while (grown) {
            grown = false;
            for (Map.Entry<Long, Long> process : parents.entrySet()) {
                grown |= found.contains(process.getValue()) && found.add(process.getKey());
            }
        }
        return found;
    }

    private static boolean carries(Path process, byte[] mark) {
        byte[] environment;
        try {
            environment = Files.readAllBytes(process.resolve("environ"));
        } catch (IOException e) {
            // Another user's process, or it ended just now.
            return false;
        }
        for (int at = 0; at + mark.length <= environment.length; at = next(environment, at)) {
            if (java.util.Arrays.equals(environment, at, at + mark.length, mark, 0, mark.length)) {
                return true;
            }
        }
        return false;
    }

    private static int next(byte[] environment, int at) {
        int end = at;
        while (end < environment.length && environment[end] != 0) {
            end++;
        }
        return end + 1;
    }

    private record Stat(char state, long parent, long group, long session) {
        boolean dead() {
            return state == 'Z' || state == 'X';
        }

        /** @return null: it ended just now */
        static Stat read(Path process) {
            try {
                String text = new String(Files.readAllBytes(process.resolve("stat")), StandardCharsets.ISO_8859_1);
                // The name may hold spaces and parentheses of its own.
                String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
                return new Stat(
                        fields[0].charAt(0),
                        Long.parseLong(fields[1]),
                        Long.parseLong(fields[2]),
                        Long.parseLong(fields[3]));
            } catch (IOException e) {
                return null;
            }
        }
    }
}
