package io.nsfl.standalone.home;

import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Where a running platform listens.
 *
 * @param pid of the platform's process
 * @param apiServer host:port of the REST API
 * @param dataServer host:port of the S3 endpoint
 * @param clientDoor host:port where task-managers connect
 */
public record Addresses(long pid, String apiServer, String dataServer, String clientDoor) {
    /** What the file says, if its process is alive. */
    public static Optional<Addresses> read(Path file) {
        try {
            Addresses addresses = JobJson.read(Files.readAllBytes(file), Addresses.class);
            return ProcessHandle.of(addresses.pid())
                    .filter(ProcessHandle::isAlive)
                    .map(process -> addresses);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    public void write(Path file) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(partial, JobJson.pretty(this));
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
