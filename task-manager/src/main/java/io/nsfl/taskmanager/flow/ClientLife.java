package io.nsfl.taskmanager.flow;

import io.nsfl.taskmanager.connection.ServerConnection;
import io.nsfl.taskmanager.launch.Executors;
import io.nsfl.taskmanager.quota.StorageQuota;
import io.nsfl.taskmanager.quota.StorageWatch;
import io.nsfl.taskmanager.task.TaskDesk;
import io.nsfl.taskmanager.task.TaskRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** Begin and end of a client's process: what was left off goes on before anything new is heard of. */
public final class ClientLife {
    private static final long STOP_SECONDS = 5;

    private final TaskDesk desk;
    private final TaskFlow flow;
    private final Executors executors;
    private final ServerConnection connection;
    private final StorageQuota quota;
    private final StorageWatch storage;
    private final Path addressFile;
    private final IntFunction<String> callback;

    /** @param addressFile where executors read this client's address @param callback from its port to that address */
    public ClientLife(
            TaskDesk desk,
            TaskFlow flow,
            Executors executors,
            ServerConnection connection,
            StorageQuota quota,
            StorageWatch storage,
            Path addressFile,
            IntFunction<String> callback) {
        this.desk = desk;
        this.flow = flow;
        this.executors = executors;
        this.connection = connection;
        this.quota = quota;
        this.storage = storage;
        this.addressFile = addressFile;
        this.callback = callback;
    }

    /** Goes on with the stored tasks, cleans up after a crash, then connects. */
    public void start() throws IOException {
        // The port of the process before may belong to another program now.
        Files.deleteIfExists(addressFile);
        executors.open(desk);
        desk.open(flow).join();
        executors.watch();
        quota.removeLeftovers(desk.all().join().stream().map(TaskRecord::id).collect(Collectors.toSet()));
        flow.tidy();
        storage.start();
        connection.open(desk);
    }

    /** Now executors can call back. */
    public void listensAt(int port) {
        try {
            Path draft = addressFile.resolveSibling(addressFile.getFileName() + ".tmp");
            Files.writeString(draft, callback.apply(port));
            Files.move(draft, addressFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("The address file " + addressFile + " cannot be written", e);
        }
    }

    /** Leaves its executors and tasks as they are: the next start goes on with them. */
    public void stop() throws Exception {
        storage.stop();
        connection.leave().get(STOP_SECONDS, TimeUnit.SECONDS);
    }
}
