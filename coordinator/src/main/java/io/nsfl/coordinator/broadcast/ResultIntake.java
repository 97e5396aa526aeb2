package io.nsfl.coordinator.broadcast;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.transfer.Frame;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.UploadState;

/** Where results go: the other half of TaskService. */
public interface ResultIntake {
    /** Takes one SubmitResult stream. */
    StreamObserver<Frame> receive(ServerCallStreamObserver<Receipt> response);

    /** How much of a result is held, and what was decided about it. */
    UploadState held(TaskRef task);
}
