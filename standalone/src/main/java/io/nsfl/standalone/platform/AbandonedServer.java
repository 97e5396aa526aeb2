package io.nsfl.standalone.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL server, or what is left of one, that outlived the platform which started it: while any process of it works, no other
 * server can use its data.
 *
 * @param data its data directory, in which all its processes work
 */
public record AbandonedServer(Path data) {
    /** For open transactions to be rolled back and everything to be written. */
    private static final Duration GRACE = Duration.ofSeconds(20);

    private static final String NOTE = "postmaster.pid";
    private static final long LOOK_MILLIS = 50;

    /** @param database the installation's directory for its database */
    public static AbandonedServer of(Path database) {
        return new AbandonedServer(database.resolve(Database.DATA));
    }

    /** Ends it, if there is one; what was committed stays. */
    public void end() throws IOException {
        if (!Files.isDirectory(data)) {
            return;
        }
        Path place = data.toRealPath();
        String first = first();
        processes(place).stream()
                .filter(process -> Long.toString(process.pid()).equals(first))
                .forEach(ProcessHandle::destroy);
        if (!isDesertedSoon(place)) {
            processes(place).forEach(ProcessHandle::destroyForcibly);
            isDesertedSoon(place);
        }
        // Nobody works here any more; the id in it may be another's by now, or that of a process nobody asks after.
        Files.deleteIfExists(data.resolve(NOTE));
    }

    /** Id of the server's first process, which ends the others. */
    private String first() throws IOException {
        Path note = data.resolve(NOTE);
        List<String> lines = Files.exists(note) ? Files.readAllLines(note) : List.of();
        return lines.isEmpty() ? "" : lines.getFirst().strip();
    }

    private static List<ProcessHandle> processes(Path place) {
        return ProcessHandle.allProcesses()
                .filter(process -> place.equals(workingDirectory(process)))
                .toList();
    }

    /** Null for those of others, and for the dead. */
    private static Path workingDirectory(ProcessHandle process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd"));
        } catch (IOException notOurs) {
            return null;
        }
    }

    private static boolean isDesertedSoon(Path place) {
        long deadline = System.nanoTime() + GRACE.toNanos();
        while (!processes(place).isEmpty()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
