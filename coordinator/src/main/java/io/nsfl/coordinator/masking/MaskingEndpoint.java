package io.nsfl.coordinator.masking;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.coordinator.broadcast.TaskGate;
import io.nsfl.protocol.v1.MaskingDown;
import io.nsfl.protocol.v1.MaskingUp;
import io.nsfl.protocol.v1.SecureAggregationServiceGrpc;
import io.nsfl.servicekit.time.Timers;
import java.util.concurrent.Executor;

/** SecureAggregationService as clients call it: admits the task, then passes words on. Faults are translated by an interceptor. */
public final class MaskingEndpoint extends SecureAggregationServiceGrpc.SecureAggregationServiceImplBase {
    private final TaskGate gate;
    private final MaskingDesk desk;
    private final Timers timers;
    private final Executor threads;

    /**
     * @param timers for beats
     * @param threads lend a thread to each stream while it sends
     */
    public MaskingEndpoint(TaskGate gate, MaskingDesk desk, Timers timers, Executor threads) {
        this.gate = gate;
        this.desk = desk;
        this.timers = timers;
        this.threads = threads;
    }

    @Override
    public StreamObserver<MaskingUp> participate(StreamObserver<MaskingDown> response) {
        return new MaskingStream(gate, desk, timers, threads, (ServerCallStreamObserver<MaskingDown>) response);
    }
}
