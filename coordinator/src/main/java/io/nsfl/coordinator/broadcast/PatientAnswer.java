package io.nsfl.coordinator.broadcast;

import io.grpc.stub.ServerCallStreamObserver;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.servicekit.time.Timers;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The answer to a call, given when something is ready, or when that takes too long. No thread waits.
 *
 * @param <T> the answer
 */
final class PatientAnswer<T> {
    private final ServerCallStreamObserver<T> response;
    private final Supplier<T> answer;
    private final AtomicBoolean given = new AtomicBoolean();

    /** @param answer is asked for once, when it is given */
    PatientAnswer(ServerCallStreamObserver<T> response, Supplier<T> answer) {
        this.response = response;
        this.answer = answer;
        // A caller that left is no failure.
        response.setOnCancelHandler(() -> given.set(true));
    }

    /** @param threads give the answer */
    void after(CompletionStage<?> ready, Duration patience, Timers timers, Executor threads) {
        Timers.Timer late = timers.schedule(patience, threads, this::give);
        ready.whenCompleteAsync(
                (_, _) -> {
                    late.cancel();
                    give();
                },
                threads);
    }

    private void give() {
        if (!given.compareAndSet(false, true)) {
            return;
        }
        try {
            response.onNext(answer.get());
            response.onCompleted();
        } catch (FaultException refused) {
            response.onError(refused);
        }
    }
}
