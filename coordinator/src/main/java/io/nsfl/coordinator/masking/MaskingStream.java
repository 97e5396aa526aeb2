package io.nsfl.coordinator.masking;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.coordinator.broadcast.BeatingCall;
import io.nsfl.coordinator.broadcast.TaskGate;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.MaskingBeat;
import io.nsfl.protocol.v1.MaskingDown;
import io.nsfl.protocol.v1.MaskingUp;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.time.Timers;
import java.util.concurrent.Executor;

/** One client's Participate call: its words up, requests down. When it ends the client's seat stays: it may come back. */
final class MaskingStream implements StreamObserver<MaskingUp>, MaskingDesk.Stream {
    /** Of one message: keys or shares of ten thousand clients. */
    private static final int MAX_CONTENT = 8 << 20;

    private static final MaskingDown BEAT =
            MaskingDown.newBuilder().setBeat(MaskingBeat.getDefaultInstance()).build();

    private final TaskGate gate;
    private final MaskingDesk desk;
    private final BeatingCall<MaskingDown> call;

    /** Set by the call's callbacks, before the desk knows this stream; the same from then on. */
    private volatile TaskRef task;

    MaskingStream(
            TaskGate gate,
            MaskingDesk desk,
            Timers timers,
            Executor threads,
            ServerCallStreamObserver<MaskingDown> response) {
        this.gate = gate;
        this.desk = desk;
        this.call = new BeatingCall<>("masking", BEAT, timers, threads, response);
    }

    @Override
    public void onNext(MaskingUp up) {
        try {
            accept(up);
        } catch (FaultException refused) {
            call.fail(refused);
        }
    }

    @Override
    public void onError(Throwable broken) {
        call.gone();
    }

    @Override
    public void onCompleted() {
        call.complete();
    }

    private void accept(MaskingUp up) {
        call.heard();
        if (task == null) {
            open(up);
            return;
        }
        if (!task.equals(up.getTask())) {
            throw new FaultException(
                    Fault.REQUEST_INVALID, "A masking stream is about one task; open another for another task.");
        }
        switch (up.getWordCase()) {
            case READY -> open(up);
            case ANSWER -> {
                if (up.getAnswer().getContent().size() > MAX_CONTENT) {
                    throw new FaultException(
                            Fault.REQUEST_TOO_LARGE, "A masking message has at most " + MAX_CONTENT + " bytes.");
                }
                desk.answered(task, up.getAnswer());
            }
            case REFUSAL -> desk.refused(task, up.getRefusal());
            case BEAT, WORD_NOT_SET -> {
                // It lives.
            }
        }
    }

    /** The first word, and again by a client that goes on after a session has ended. */
    private void open(MaskingUp up) {
        gate.admit(up.getTask());
        if (!up.hasReady()) {
            throw new FaultException(Fault.REQUEST_INVALID, "The first word of a masking stream is ready.");
        }
        task = up.getTask();
        call.keep(desk.participate(task, up.getReady(), this));
    }

    @Override
    public void say(MaskingDown word) {
        call.send(word.toBuilder().setTask(task).build());
    }

    @Override
    public void replaced() {
        call.fail(new FaultException(
                Fault.UNAVAILABLE, "A later masking stream of this client takes the place of this one."));
    }
}
