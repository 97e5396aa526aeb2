package io.nsfl.coordinator.broadcast;

import io.grpc.stub.ServerCallStreamObserver;
import io.nsfl.coordinator.round.ArtifactFile;
import io.nsfl.coordinator.round.RoundDesk;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.transfer.Frame;
import io.nsfl.protocol.transfer.FrameSender;
import io.nsfl.protocol.transfer.FrameSource;
import io.nsfl.protocol.v1.ArtifactHeader;
import io.nsfl.protocol.v1.FetchTaskRequest;
import java.io.IOException;

/** Streams an artifact of a task from the offset that the client reached. Holds a few frames, never the file. */
final class TaskFetch {
    private final TaskGate gate;
    private final RoundDesk desk;

    TaskFetch(TaskGate gate, RoundDesk desk) {
        this.gate = gate;
        this.desk = desk;
    }

    void serve(FetchTaskRequest request, ServerCallStreamObserver<Frame> response) {
        gate.admit(request.getTask());
        ArtifactFile artifact = desk.artifact(request.getTask(), request.getArtifact());
        long size = artifact.artifact().getSize();
        if (request.getOffset() < 0 || request.getOffset() > size) {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    "Artifact " + request.getArtifact() + " has " + size + " bytes; it cannot be read from "
                            + request.getOffset() + ".");
        }
        byte[] header = ArtifactHeader.newBuilder()
                .setArtifact(artifact.artifact())
                .setOffset(request.getOffset())
                .build()
                .toByteArray();
        FrameSender.serve(response, header, open(artifact), request.getOffset());
    }

    private static FrameSource open(ArtifactFile artifact) {
        try {
            return FrameSource.file(artifact.file(), 0, artifact.artifact().getSize());
        } catch (IOException gone) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE,
                    "Artifact " + artifact.artifact().getName() + " cannot be read from the coordinator's disk.",
                    gone);
        }
    }
}
