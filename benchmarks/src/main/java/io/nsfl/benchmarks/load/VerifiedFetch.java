package io.nsfl.benchmarks.load;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.transfer.Frame;
import io.nsfl.protocol.transfer.TransferMethods;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactHeader;
import io.nsfl.protocol.v1.FetchTaskRequest;
import io.nsfl.protocol.v1.TaskRef;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;

/** Fetches an artifact frame by frame, checks every checksum as a client does, and keeps nothing of it. */
final class VerifiedFetch implements ClientResponseObserver<FetchTaskRequest, Frame> {
    private final Artifact artifact;
    private final MessageDigest digest = LoadUpdate.sha256Digest();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private ClientCallStreamObserver<FetchTaskRequest> call;
    private boolean headed;
    private long position;

    private VerifiedFetch(Artifact artifact) {
        this.artifact = artifact;
    }

    /** Completes when all of it was there and right. */
    static CompletableFuture<Void> start(Channel coordinator, TaskRef task, Artifact artifact) {
        VerifiedFetch fetch = new VerifiedFetch(artifact);
        FetchTaskRequest request = FetchTaskRequest.newBuilder()
                .setTask(task)
                .setArtifact(artifact.getName())
                .build();
        ClientCalls.asyncServerStreamingCall(
                coordinator.newCall(TransferMethods.fetchTask(), CallOptions.DEFAULT), request, fetch);
        return fetch.done;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<FetchTaskRequest> started) {
        call = started;
        started.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(Frame frame) {
        try {
            check(frame);
            call.request(1);
        } catch (RuntimeException wrong) {
            done.completeExceptionally(wrong);
            call.cancel("A frame was refused", wrong);
        } finally {
            frame.release().run();
        }
    }

    private void check(Frame frame) {
        if (!headed) {
            headed = true;
            require(headerOf(frame).equals(artifact), "header");
        }
        if (!frame.data().hasRemaining()) {
            return;
        }
        require(frame.offset() == position, "order");
        CRC32C crc = new CRC32C();
        crc.update(frame.data().duplicate());
        require((int) crc.getValue() == frame.crc32c(), "checksum");
        position += frame.data().remaining();
        digest.update(frame.data());
    }

    private static Artifact headerOf(Frame frame) {
        try {
            return ArtifactHeader.parseFrom(frame.header()).getArtifact();
        } catch (InvalidProtocolBufferException broken) {
            throw new FaultException(Fault.TRANSFER_CORRUPT, "An artifact's header cannot be read.", broken);
        }
    }

    private void require(boolean right, String what) {
        if (!right) {
            throw new FaultException(
                    Fault.TRANSFER_CORRUPT,
                    "Artifact " + artifact.getName() + " has a wrong " + what + " at byte " + position + ".");
        }
    }

    @Override
    public void onError(Throwable failure) {
        done.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
        try {
            require(position == artifact.getSize(), "size");
            require(Arrays.equals(digest.digest(), artifact.getSha256().toByteArray()), "digest");
            done.complete(null);
        } catch (FaultException wrong) {
            done.completeExceptionally(wrong);
        }
    }
}
