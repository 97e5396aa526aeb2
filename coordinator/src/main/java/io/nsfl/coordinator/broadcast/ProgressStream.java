package io.nsfl.coordinator.broadcast;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.coordinator.round.RoundDesk;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Progress;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's ReportProgress call: progress up, directives down, a beat each way every 20 s. After three periods of silence the client
 * counts as gone and the stream ends; the task itself stays open, the client may come back.
 *
 * <p>Everything that is sent goes through a mailbox, because directives come from the engine's thread and beats from the clock's. The
 * desk never waits for the mailbox: it only posts to it.
 */
final class ProgressStream implements StreamObserver<Progress> {
    /** Between two beats. */
    static final Duration BEAT = Duration.ofSeconds(20);

    /** Periods without a word after which the other side is given up. */
    static final int SILENT_PERIODS = 3;

    private static final Logger log = LoggerFactory.getLogger(ProgressStream.class);

    private final TaskGate gate;
    private final RoundDesk desk;
    private final Timers timers;
    private final ServerCallStreamObserver<TaskDirective> response;
    private final Mailbox outbox;

    // Touched by the call's callbacks only.
    private TaskRef task;

    // Touched by the outbox's tasks only.
    private RoundDesk.Subscription subscription = () -> {};
    private Timers.Timer beat;
    private int silent;
    private boolean ended;

    ProgressStream(
            TaskGate gate,
            RoundDesk desk,
            Timers timers,
            Executor threads,
            ServerCallStreamObserver<TaskDirective> response) {
        this.gate = gate;
        this.desk = desk;
        this.timers = timers;
        this.response = response;
        this.outbox = new Mailbox("progress", threads, failure -> log.warn("A progress stream failed", failure));
        response.setOnCancelHandler(this::gone);
        outbox.execute(this::startBeating);
    }

    @Override
    public void onNext(Progress progress) {
        try {
            accept(progress);
        } catch (FaultException refused) {
            outbox.execute(() -> fail(refused));
        }
    }

    @Override
    public void onError(Throwable broken) {
        gone();
    }

    @Override
    public void onCompleted() {
        outbox.execute(() -> {
            if (end()) {
                response.onCompleted();
            }
        });
    }

    private void accept(Progress progress) {
        if (task == null) {
            gate.admit(progress.getTask());
            task = progress.getTask();
            RoundDesk.Subscription orders = desk.directives(task, directive -> outbox.execute(() -> send(directive)));
            outbox.execute(() -> keep(orders));
        } else if (!task.equals(progress.getTask())) {
            throw new FaultException(
                    Fault.REQUEST_INVALID, "A progress stream is about one task; open another for another task.");
        }
        outbox.execute(() -> silent = 0);
        desk.progress(progress);
    }

    private void gone() {
        outbox.execute(this::end);
    }

    private void keep(RoundDesk.Subscription orders) {
        if (ended) {
            orders.close();
        } else {
            subscription = orders;
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
        // A beat that cannot leave now says nothing that the next one will not say.
        if (response.isReady()) {
            send(TaskDirective.getDefaultInstance());
        }
        startBeating();
    }

    private void send(TaskDirective directive) {
        if (!ended && !response.isCancelled()) {
            response.onNext(directive);
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
        subscription.close();
        if (beat != null) {
            beat.cancel();
        }
        return !response.isCancelled();
    }
}
