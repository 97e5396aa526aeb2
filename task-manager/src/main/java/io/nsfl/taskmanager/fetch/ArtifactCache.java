package io.nsfl.taskmanager.fetch;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCalls;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.transfer.FileSink;
import io.nsfl.protocol.transfer.FrameFetch;
import io.nsfl.protocol.transfer.FrameReceiver;
import io.nsfl.protocol.transfer.TransferMethods;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactHeader;
import io.nsfl.protocol.v1.FetchTaskRequest;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.taskmanager.ids.TaskKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of tasks by their SHA-256: what is here was verified whole and never changes, so it is fetched once, however many tasks need it. An
 * interrupted fetch goes on where it stopped. Safe from any thread; two that want the same file wait for one fetch.
 */
public final class ArtifactCache {
    private static final Logger LOG = LoggerFactory.getLogger(ArtifactCache.class);
    private static final String PART = ".part";

    private final Path directory;
    private final long limit;
    private final ConcurrentHashMap<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    private final Map<TaskKey, Set<String>> pinned = new HashMap<>();

    /** @param limit bytes that one file may have */
    public ArtifactCache(Path directory, long limit) {
        this.directory = directory;
        this.limit = limit;
    }

    /**
     * The file with these bytes, fetched now if it is not here; it stays until the task is {@link #release released}. Blocks; can be
     * interrupted.
     */
    public Path obtain(Artifact artifact, TaskRef task, Channel coordinator) throws IOException, InterruptedException {
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
        String digest = HexFormat.of().formatHex(artifact.getSha256().toByteArray());
        Path file = directory.resolve(digest);
        pin(TaskKey.of(task), digest);
        ReentrantLock lock = locks.computeIfAbsent(digest, key -> new ReentrantLock());
        lock.lockInterruptibly();
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(directory);
                fetch(artifact, task, coordinator, directory.resolve(digest + PART));
                Files.move(directory.resolve(digest + PART), file, StandardCopyOption.ATOMIC_MOVE);
            }
            return file;
        } finally {
            lock.unlock();
        }
    }

    private void fetch(Artifact artifact, TaskRef task, Channel coordinator, Path part)
            throws IOException, InterruptedException {
        long held = Files.exists(part) ? Files.size(part) : 0;
        long offset = held > artifact.getSize() ? 0 : held;
        FetchTaskRequest request = FetchTaskRequest.newBuilder()
                .setTask(task)
                .setArtifact(artifact.getName())
                .setOffset(offset)
                .build();
        FrameFetch<FetchTaskRequest> fetch =
                new FrameFetch<>(new FrameReceiver(header -> open(header, artifact, offset, part)));
        ClientCalls.asyncServerStreamingCall(
                coordinator.newCall(TransferMethods.fetchTask(), CallOptions.DEFAULT), request, fetch);
        try (FileSink sink = await(fetch)) {
            if (!Arrays.equals(sink.sha256(), artifact.getSha256().toByteArray())) {
                Files.deleteIfExists(part);
                throw new FaultException(
                        Fault.TRANSFER_CORRUPT, "The artifact " + artifact.getName() + " arrived with other bytes.");
            }
            sink.force();
        }
    }

    private static FileSink open(byte[] bytes, Artifact expected, long offset, Path part) {
        try {
            ArtifactHeader header = ArtifactHeader.parseFrom(bytes);
            if (!header.getArtifact().getSha256().equals(expected.getSha256())
                    || header.getArtifact().getSize() != expected.getSize()
                    || header.getOffset() != offset) {
                throw new FaultException(
                        Fault.TRANSFER_CORRUPT,
                        "The artifact " + expected.getName() + " is announced with another digest, size or offset.");
            }
            return FileSink.open(part, offset, expected.getSize());
        } catch (InvalidProtocolBufferException malformed) {
            throw new FaultException(Fault.TRANSFER_CORRUPT, "A transfer's header cannot be read.", malformed);
        } catch (IOException e) {
            throw new FaultException(Fault.STORAGE_UNAVAILABLE, part + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** Waits for the end; an interrupt cancels the call, whose file is closed before this returns. */
    private static FileSink await(FrameFetch<?> fetch) throws InterruptedException {
        CompletableFuture<FileSink> done = fetch.done().toCompletableFuture();
        try {
            return done.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("A transfer failed", e.getCause());
        } catch (InterruptedException interrupted) {
            fetch.cancel("Not wanted any more");
            try {
                done.get(10, TimeUnit.SECONDS).close();
            } catch (ExecutionException | TimeoutException | IOException ended) {
                LOG.debug("A cancelled transfer ended: {}", ended.getMessage());
            }
            throw interrupted;
        }
    }

    private synchronized void pin(TaskKey task, String digest) {
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
                String digest = name.endsWith(PART) ? name.substring(0, name.length() - PART.length()) : name;
                if (!digests.contains(digest)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            LOG.warn("The cache {} cannot be tidied: {}", directory, e.getMessage());
        }
    }
}
