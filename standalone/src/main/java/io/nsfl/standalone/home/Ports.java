package io.nsfl.standalone.home;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Where a platform listens, on loopback; 0 = wherever there is room. They are remembered: clients and coordinators outlive the platform and go
 * on asking at the addresses they were given.
 *
 * @param api of the REST API
 * @param data of the S3 endpoint
 * @param door where clients connect
 * @param scheduler where coordinators report
 */
public record Ports(int api, int data, int door, int scheduler) {
    /** What is wanted, and for the rest what was remembered and is free. */
    public Ports orRemembered(Path file) {
        try {
            Ports last = JobJson.read(Files.readAllBytes(file), Ports.class);
            return new Ports(
                    api == 0 ? free(last.api) : api,
                    data == 0 ? free(last.data) : data,
                    door == 0 ? free(last.door) : door,
                    scheduler == 0 ? free(last.scheduler) : scheduler);
        } catch (IOException | FaultException nothingRemembered) {
            return this;
        }
    }

    public void write(Path file) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(partial, JobJson.pretty(this));
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** This port, or 0 if somebody else has it. */
    private static int free(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort() == port ? port : 0;
        } catch (IOException | IllegalArgumentException taken) {
            return 0;
        }
    }
}
