package io.nsfl.coordinator.broadcast;

import io.grpc.stub.ServerCallStreamObserver;
import io.nsfl.coordinator.round.RoundDesk;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's side of a call that a client holds open: what is sent, a beat each way every 20 s, and its end. After three periods of
 * silence the client counts as gone and the call ends; the client may come back. It belongs to one subscription at a time, which ends with
 * it.
 *
 * <p>Callable from any thread: everything goes through a mailbox, because orders come from the engine's thread and beats from the clock's.
 * Nobody waits for the mailbox.
 *
 * @param <T> what is sent
 */
public final class BeatingCall<T> {
    /** Between two beats. */
    static final Duration BEAT = Duration.ofSeconds(20);

    /** Periods without a word after which the other side is given up. */
    static final int SILENT_PERIODS = 3;

    private static final Logger log = LoggerFactory.getLogger(BeatingCall.class);

    private final T beat;
    private final Timers timers;
    private final ServerCallStreamObserver<T> response;
    private final Mailbox outbox;

    // Touched by the outbox's tasks only.
    private RoundDesk.Subscription subscription = () -> {};
    private Timers.Timer nextBeat;
    private int silent;
    private boolean ended;

    /**
     * Begins to beat. Made before the call's first message is taken.
     *
     * @param name of the call, for the log
     * @param beat is sent to say no more than that the server lives
     * @param threads lends threads to what is sent
     */
    public BeatingCall(String name, T beat, Timers timers, Executor threads, ServerCallStreamObserver<T> response) {
        this.beat = beat;
        this.timers = timers;
        this.response = response;
        this.outbox = new Mailbox(name, threads, failure -> log.warn("A {} stream failed", name, failure));
        response.setOnCancelHandler(this::gone);
        outbox.execute(this::startBeating);
    }

    /** The client has said something: it lives. */
    public void heard() {
        outbox.execute(() -> silent = 0);
    }

    /** Sends, unless the call has ended. */
    public void send(T word) {
        outbox.execute(() -> sendNow(word));
    }

    /** From now on the call belongs to this one, and ends it when it ends itself, even if it has ended already. */
    public void keep(RoundDesk.Subscription taken) {
        outbox.execute(() -> {
            if (ended) {
                taken.close();
            } else {
                subscription = taken;
            }
        });
    }

    /** Ends the call with a fault. */
    public void fail(FaultException reason) {
        outbox.execute(() -> failNow(reason));
    }

    /** The client has said its last word: the server has too. */
    public void complete() {
        outbox.execute(() -> {
            if (end()) {
                response.onCompleted();
            }
        });
    }

    /** The client went without a word. */
    public void gone() {
        outbox.execute(this::end);
    }

    private void startBeating() {
        if (!ended) {
            nextBeat = timers.schedule(BEAT, outbox, this::beat);
        }
    }

    private void beat() {
        silent++;
        if (silent >= SILENT_PERIODS) {
            failNow(new FaultException(
                    Fault.UNAVAILABLE,
                    "The client was silent for "
                            + BEAT.multipliedBy(SILENT_PERIODS).toSeconds() + " s.",
                    Duration.ZERO,
                    null));
            return;
        }
        // A beat that cannot leave now says nothing that the next one will not say.
        if (response.isReady()) {
            sendNow(beat);
        }
        startBeating();
    }

    private void sendNow(T word) {
        if (!ended && !response.isCancelled()) {
            response.onNext(word);
        }
    }

    private void failNow(FaultException reason) {
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
        if (nextBeat != null) {
            nextBeat.cancel();
        }
        return !response.isCancelled();
    }
}
