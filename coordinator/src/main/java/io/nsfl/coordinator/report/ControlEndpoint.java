package io.nsfl.coordinator.report;

import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.CoordinatorControlGrpc;
import io.nsfl.protocol.v1.CoordinatorStatus;
import io.nsfl.protocol.v1.StatusRequest;
import io.nsfl.protocol.v1.StopRequest;
import io.nsfl.protocol.v1.StopResponse;
import java.util.function.Consumer;

/** The job-scheduler's hand on this run. */
public final class ControlEndpoint extends CoordinatorControlGrpc.CoordinatorControlImplBase {
    private final CurrentStatus current;
    private final Consumer<String> stop;

    public ControlEndpoint(CurrentStatus current, Consumer<String> stop) {
        this.current = current;
        this.stop = stop;
    }

    @Override
    public void stop(StopRequest request, StreamObserver<StopResponse> response) {
        String run = current.status().getRun().getRun();
        if (!request.getRun().getRun().equals(run)) {
            throw new FaultException(
                    Fault.STALE_RUN,
                    "This coordinator plays run " + run + ", not "
                            + request.getRun().getRun() + ".");
        }
        stop.accept(request.getReason().isEmpty() ? "The job was stopped." : request.getReason());
        response.onNext(StopResponse.getDefaultInstance());
        response.onCompleted();
    }

    @Override
    public void status(StatusRequest request, StreamObserver<CoordinatorStatus> response) {
        response.onNext(current.status());
        response.onCompleted();
    }
}
