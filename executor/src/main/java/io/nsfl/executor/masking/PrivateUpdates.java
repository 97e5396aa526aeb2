package io.nsfl.executor.masking;

import io.nsfl.executor.protect.UpdateFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.sandbox.Directories;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/**
 * What tasks of this executor's run have trained and wait to mask, and of which rounds something was given away already. It outlives this
 * process, lies outside the scripts' reach where they have a sandbox, and is never sent.
 */
public final class PrivateUpdates {
    private static final String METRICS = "metrics.json";
    private static final String SECRET = "secret";
    private static final int SECRET_LENGTH = 32;

    private final Path directory;
    private final SecureRandom random = new SecureRandom();

    /**
     * A trained result.
     *
     * @param update its change of the weights; empty for an evaluation
     * @param secret 32 random bytes of this result alone: what is drawn for it follows from them, however often it is masked
     */
    public record Kept(Optional<Path> update, Map<String, Double> metrics, byte[] secret) {
        public Kept {
            metrics = Map.copyOf(metrics);
        }
    }

    /** @param directory of this executor alone, that scripts do not see; made with mode 700 */
    public PrivateUpdates(Path directory) {
        this.directory = directory;
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException failed) {
            throw unusable(failed);
        }
    }

    /** The result that this task has trained before. */
    public Optional<Kept> find(TaskRef task) {
        Path metrics = place(task).resolve(METRICS);
        if (!Files.isRegularFile(metrics)) {
            return Optional.empty();
        }
        try {
            Map<String, Double> values = new LinkedHashMap<>();
            JobJson.object(Files.readAllBytes(metrics))
                    .properties()
                    .forEach(metric ->
                            values.put(metric.getKey(), metric.getValue().doubleValue()));
            return Optional.of(new Kept(
                    Optional.of(place(task).resolve(UpdateFile.NAME)).filter(Files::isRegularFile),
                    values,
                    Files.readAllBytes(place(task).resolve(SECRET))));
        } catch (IOException failed) {
            throw unusable(failed);
        }
    }

    /**
     * Keeps a result, in the place of those of the run's earlier work of this kind.
     *
     * @param metrics asked for when the update is written: some tell of what was done to it
     * @param update writes it into the directory that it is given; empty for an evaluation
     */
    public void keep(TaskRef task, Supplier<Map<String, Double>> metrics, Optional<Function<Path, UpdateFile>> update) {
        try {
            forgetOthers(task);
            Path place = Files.createDirectories(place(task));
            update.ifPresent(write -> write.apply(place));
            byte[] secret = new byte[SECRET_LENGTH];
            random.nextBytes(secret);
            // Durable before it is vouched for: zeros, as a power cut may leave, make noise that anybody knows.
            Files.write(
                    place.resolve(SECRET),
                    secret,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DSYNC);
            ObjectNode values = JobJson.newObject();
            metrics.get().forEach(values::put);
            Path draft = Files.write(place.resolve(METRICS + ".tmp"), JobJson.bytes(values));
            // Last: what is there is whole.
            Files.move(draft, place.resolve(METRICS), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw unusable(failed);
        }
    }

    /** The task is over. */
    public void forget(TaskRef task) {
        try {
            Directories.delete(place(task));
        } catch (IOException failed) {
            throw unusable(failed);
        }
    }

    /** Whether this client has given away what takes the masks off a result of this round, in whichever attempt. */
    public boolean released(TaskRef task) {
        return Files.exists(marker(task));
    }

    /** Before it is given away: on disk when this returns. */
    public void release(TaskRef task) {
        try {
            Files.createFile(marker(task));
            try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
                entries.force(true);
            }
        } catch (FileAlreadyExistsException before) {
            // An earlier attempt of the round.
        } catch (IOException failed) {
            throw unusable(failed);
        }
    }

    private void forgetOthers(TaskRef task) throws IOException {
        try (DirectoryStream<Path> others = Files.newDirectoryStream(directory, prefix(task) + "-*-*")) {
            for (Path other : others) {
                Directories.delete(other);
            }
        }
    }

    private Path place(TaskRef task) {
        return directory.resolve(prefix(task) + "-" + task.getRound() + "-" + task.getAttempt());
    }

    private Path marker(TaskRef task) {
        return directory.resolve(prefix(task) + "-" + task.getRound() + ".released");
    }

    private static String prefix(TaskRef task) {
        return task.getKind() == TaskKind.TASK_KIND_TRAIN ? "train" : "evaluate";
    }

    private FaultException unusable(IOException cause) {
        return new FaultException(
                Fault.STORAGE_UNAVAILABLE,
                "The executor's private directory " + directory + " cannot be used: " + cause.getMessage() + ".",
                cause);
    }
}
