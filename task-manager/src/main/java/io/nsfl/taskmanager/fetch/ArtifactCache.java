package io.nsfl.taskmanager.fetch;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactDelta;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.fault.GrpcFaults;
import io.nsfl.taskmanager.ids.TaskKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of tasks by their SHA-256: what is here was verified whole and never changes, so it is fetched once, however many tasks need it. An
 * interrupted fetch goes on where it stopped. A file that can be made of an older one and a smaller delta is made so. Safe from any thread; two that
 * want the same file wait for one fetch.
 */
public final class ArtifactCache {
    private static final Logger LOG = LoggerFactory.getLogger(ArtifactCache.class);
    private static final String PART = ".part";
    private static final String MADE = ".made";
    private static final String DELTA = ".delta";

    /** So many offers are looked at. */
    private static final int MOST_DELTAS = 16;

    private final Path directory;
    private final long limit;
    private final FileLocks locks = new FileLocks();
    private final Map<TaskKey, Set<String>> pinned = new HashMap<>();

    /** @param limit bytes that one file may have */
    public ArtifactCache(Path directory, long limit) {
        this.directory = directory;
        this.limit = limit;
    }

    /** @throws FaultException STORAGE_FULL a task's files are together more than one may have: then none of them is fetched */
    void requireRoom(List<Artifact> artifacts) {
        Map<ByteString, Long> sizes = new HashMap<>();
        artifacts.forEach(artifact -> sizes.merge(artifact.getSha256(), Math.max(0, artifact.getSize()), Math::max));
        double bytes = sizes.values().stream().mapToDouble(Long::doubleValue).sum();
        if (bytes > limit) {
            throw new FaultException(
                    Fault.STORAGE_FULL,
                    "The task's files have together " + (long) bytes
                            + " bytes, more than this client's storage_quota of " + limit + ".");
        }
    }

    /**
     * The file with these bytes, fetched now if it is not here; it stays until the task is {@link #release released}. Blocks; can be
     * interrupted.
     */
    public Path obtain(Artifact artifact, TaskRef task, Channel coordinator) throws IOException, InterruptedException {
        return obtain(artifact, task, coordinator, "");
    }

    /** @param suffix of the file's name behind its digest: a delta is never taken for an artifact */
    private Path obtain(Artifact artifact, TaskRef task, Channel coordinator, String suffix)
            throws IOException, InterruptedException {
        if (artifact.getSha256().size() != 32 || artifact.getSize() < 0) {
            throw new FaultException(
                    Fault.REQUEST_INVALID, "The artifact " + artifact.getName() + " has no valid digest and size.");
        }
        if (artifact.getSize() > limit) {
            throw new FaultException(
                    Fault.STORAGE_FULL,
                    "The artifact " + artifact.getName() + " has " + artifact.getSize()
                            + " bytes, more than this client's storage_quota of " + limit + ".");
        }
        String digest = hex(artifact.getSha256());
        Path file = directory.resolve(digest + suffix);
        pin(TaskKey.of(task), digest);
        try (FileLocks.Held _ = locks.take(digest + suffix)) {
            if (!Files.exists(file)) {
                Files.createDirectories(directory);
                Path part = directory.resolve(digest + suffix + PART);
                // Where a fetch of the whole was begun, it goes on.
                if (Files.exists(part) || !made(artifact, task, coordinator, file)) {
                    ArtifactFetch.fetch(artifact, task, coordinator, part);
                    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
                }
            }
            return file;
        }
    }

    /** Makes the file of one that is here and a delta. @return whether that went well; if not, it is to be fetched whole */
    private boolean made(Artifact artifact, TaskRef task, Channel coordinator, Path file)
            throws IOException, InterruptedException {
        Optional<ArtifactDelta> smallest = artifact.getDeltasList().stream()
                .limit(MOST_DELTAS)
                .filter(delta -> DeltaFetch.usable(delta, artifact))
                .filter(delta -> holds(delta, task))
                .min(Comparator.comparingLong(ArtifactDelta::getSize));
        if (smallest.isEmpty()) {
            return false;
        }
        ArtifactDelta delta = smallest.get();
        Path base = directory.resolve(hex(delta.getBaseSha256()));
        Path draft = directory.resolve(file.getFileName() + MADE);
        try {
            Path fetched = obtain(DeltaFetch.artifact(delta), task, coordinator, DELTA);
            boolean made = DeltaFetch.apply(base, fetched, artifact, draft);
            Files.deleteIfExists(fetched);
            if (made) {
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
                LOG.info(
                        "{} of round {} came as a delta of {} bytes instead of {}",
                        artifact.getName(),
                        task.getRound(),
                        delta.getSize(),
                        artifact.getSize());
            }
            return made;
        } catch (FaultException | StatusRuntimeException failed) {
            FaultException failure = GrpcFaults.from(failed);
            if (DeltaFetch.mended(failure)) {
                throw failure;
            }
            LOG.warn("{} is fetched whole, its delta cannot be: {}", artifact.getName(), failure.getMessage());
            return false;
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /** Whether the older file is here; it stays until the task is released. */
    private boolean holds(ArtifactDelta delta, TaskRef task) {
        String base = hex(delta.getBaseSha256());
        pin(TaskKey.of(task), base);
        return Files.exists(directory.resolve(base));
    }

    private static String hex(ByteString digest) {
        return HexFormat.of().formatHex(digest.toByteArray());
    }

    private synchronized void pin(TaskKey task, String digest) {
        if (Thread.currentThread().isInterrupted()) {
            // It was released while it fetched another file: nobody would release this one.
            throw new FaultException(Fault.STALE, "The task is not wanted any more.");
        }
        pinned.computeIfAbsent(task, key -> new HashSet<>()).add(digest);
    }

    /** The task needs its files no longer. */
    public synchronized void release(TaskKey task) {
        pinned.remove(task);
    }

    /** Deletes every file that no task has obtained and that is not among these digests. */
    public synchronized void retain(Set<String> others) {
        Set<String> digests = new HashSet<>(others);
        pinned.values().forEach(digests::addAll);
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!digests.contains(name.replaceFirst("\\..*", ""))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            LOG.warn("The cache {} cannot be tidied: {}", directory, e.getMessage());
        }
    }
}
