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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches one artifact of a task into a file; verified whole by its digest, and resumed where an earlier fetch was interrupted. */
final class ArtifactFetch {
    private static final Logger LOG = LoggerFactory.getLogger(ArtifactFetch.class);

    private ArtifactFetch() {}

    /**
     * Fills the file with the artifact's bytes, on from those that it has. Blocks; can be interrupted.
     *
     * @throws FaultException TRANSFER_CORRUPT other bytes arrived than were announced; nothing of them is left
     */
    static void fetch(Artifact artifact, TaskRef task, Channel coordinator, Path part)
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
}
