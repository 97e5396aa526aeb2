package io.nsfl.coordinator.masking;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.coordinator.broadcast.TaskGate;
import io.nsfl.coordinator.round.RoundDesk;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.MaskingBeat;
import io.nsfl.protocol.v1.MaskingDown;
import io.nsfl.protocol.v1.MaskingUp;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's Participate call: its words up, requests down, a beat each way every 20 s. After three periods of silence the client counts
 * as gone and the stream ends; it may come back. What is sent goes through a mailbox, as requests come from the engine's thread and beats
 * from the clock's.
 */
final class MaskingStream implements StreamObserver<MaskingUp> {
    /** Between two beats. */
    static final Duration BEAT = Duration.ofSeconds(20);

    private static final int SILENT_PERIODS = 3;

    /** Of one message: keys or shares of ten thousand clients. */
    private static final int MAX_CONTENT = 8 << 20;

    private static final Logger log = LoggerFactory.getLogger(MaskingStream.class);

    private final TaskGate gate;
    private final MaskingDesk desk;
    private final Timers timers;
    private final ServerCallStreamObserver<MaskingDown> response;
    private final Mailbox outbox;

    // Touched by the call's callbacks only.
    private TaskRef task;

    // Touched by the outbox's tasks only.
    private RoundDesk.Subscription seat = () -> {};
    private Timers.Timer beat;
    private int silent;
    private boolean ended;

    MaskingStream(
            TaskGate gate,
            MaskingDesk desk,
            Timers timers,
            Executor threads,
            ServerCallStreamObserver<MaskingDown> response) {
        this.gate = gate;
        this.desk = desk;
        this.timers = timers;
        this.response = response;
        this.outbox = new Mailbox("masking", threads, failure -> log.warn("A masking stream failed", failure));
        response.setOnCancelHandler(() -> outbox.execute(this::end));
        outbox.execute(this::startBeating);
    }

    @Override
    public void onNext(MaskingUp up) {
        try {
            accept(up);
        } catch (FaultException refused) {
            outbox.execute(() -> fail(refused));
        }
    }

    @Override
    public void onError(Throwable broken) {
        outbox.execute(this::end);
    }

    @Override
    public void onCompleted() {
        outbox.execute(() -> {
            if (end()) {
                response.onCompleted();
            }
        });
    }

    private void accept(MaskingUp up) {
        outbox.execute(() -> silent = 0);
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
        RoundDesk.Subscription taken = desk.participate(
                task,
                up.getReady(),
                word -> outbox.execute(() -> send(word.toBuilder().setTask(task).build())));
        outbox.execute(() -> keep(taken));
    }

    private void keep(RoundDesk.Subscription taken) {
        if (ended) {
            taken.close();
        } else {
            seat = taken;
        }
    }

    private void startBeating() {
        if (!ended) {
            beat = timers.schedule(BEAT, outbox, this::beat);
        }
    }

    private void beat() {
        silent++;
        if (silent >= SILENT_PERIODS) {
            fail(new FaultException(
                    Fault.UNAVAILABLE,
                    "The client was silent for "
                            + BEAT.multipliedBy(SILENT_PERIODS).toSeconds() + " s.",
                    Duration.ZERO,
                    null));
            return;
        }
        if (response.isReady()) {
            send(MaskingDown.newBuilder()
                    .setBeat(MaskingBeat.getDefaultInstance())
                    .build());
        }
        startBeating();
    }

    private void send(MaskingDown word) {
        if (!ended && !response.isCancelled()) {
            response.onNext(word);
        }
    }

    private void fail(FaultException reason) {
        if (end()) {
            response.onError(reason);
        }
    }

    /** @return whether this call ended it, and so may say the last word */
    private boolean end() {
        if (ended) {
            return false;
        }
        ended = true;
        seat.close();
        if (beat != null) {
            beat.cancel();
        }
        return !response.isCancelled();
    }
}
