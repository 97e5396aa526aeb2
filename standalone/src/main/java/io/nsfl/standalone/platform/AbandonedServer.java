package io.nsfl.standalone.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A PostgreSQL server that outlived the platform which started it: while it runs, no other can use its data.
 *
 * @param data its data directory
 */
public record AbandonedServer(Path data) {
    /** For open transactions to be rolled back and everything to be written. */
    private static final Duration GRACE = Duration.ofSeconds(20);

    /** @param database the installation's directory for its database */
    public static AbandonedServer of(Path database) {
        return new AbandonedServer(database.resolve(Database.DATA));
    }

    /** Ends it, if there is one; what was committed stays. */
    public void end() throws IOException {
        Optional<ProcessHandle> found = find();
        if (found.isPresent()) {
            found.get().destroy();
            if (!ends(found.get())) {
                found.get().destroyForcibly();
                ends(found.get());
            }
        }
    }

    /** The process that the data directory names, if it is really the one: its id may be another's by now. */
    private Optional<ProcessHandle> find() throws IOException {
        Path file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.getFirst().strip().matches("[0-9]{1,10}")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(lines.getFirst().strip())).filter(this::works);
    }

    private boolean works(ProcessHandle process) {
        try {
            String command = Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
            return command.contains("\0" + data + "\0");
        } catch (IOException gone) {
            return false;
        }
    }

    private static boolean ends(ProcessHandle process) {
        try {
            process.onExit().get(GRACE.toSeconds(), TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        } catch (ExecutionException e) {
            return !process.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
