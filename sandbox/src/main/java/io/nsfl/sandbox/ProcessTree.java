package io.nsfl.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that a script started, found through {@code /proc}: the processes of its session and group, their descendants, and
 * whoever carries the task's variables in its environment, so that one that made itself a daemon is found too.
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
     * @param marks variables that only this script's processes have all of in their environments, as NAME=value
     */
    public static void kill(long leader, List<String> marks) {
        for (int pass = 0; pass < PASSES; pass++) {
            Set<Long> alive = alive(leader, marks);
            if (alive.isEmpty()) {
                return;
            }
            alive.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            // The kernel takes a moment to bury them.
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        log.warn("Some processes with {} could not be killed", marks);
    }

    /** Processes of a script that are there now: those of its session, those that carry its marks, and all below them. */
    public static Set<Long> alive(long leader, List<String> marks) {
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
                if (pid == leader || stat.group() == leader || stat.session() == leader || carries(process, marks)) {
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

    /** No marks mark nothing. */
    private static boolean carries(Path process, List<String> marks) {
        if (marks.isEmpty()) {
            return false;
        }
        try {
            String environment = Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
            return List.of(environment.split("\0")).containsAll(marks);
        } catch (IOException e) {
            // Another user's process, or it ended just now.
            return false;
        }
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
