package io.nsfl.systemtests.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The server process on a data directory. */
record PostgresProcess(Path data) {
    static PostgresProcess in(Path database) {
        return new PostgresProcess(database.resolve("data"));
    }

    /** As {@code kill -9}. @return whether there is none any more */
    boolean kill() throws IOException {
        Path file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return true;
        }
        Optional<ProcessHandle> server = ProcessHandle.of(
                Long.parseLong(Files.readAllLines(file).getFirst().strip()));
        server.ifPresent(ProcessHandle::destroyForcibly);
        return server.isEmpty();
    }
}
