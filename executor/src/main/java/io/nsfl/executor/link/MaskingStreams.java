package io.nsfl.executor.link;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.nsfl.executor.masking.Maskers;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.MaskingBeat;
import io.nsfl.protocol.v1.MaskingDown;
import io.nsfl.protocol.v1.MaskingUp;
import io.nsfl.protocol.v1.RelayMaskingRequest;
import io.nsfl.protocol.v1.TaskManagerServiceGrpc;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.fault.GrpcFaults;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.time.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Streams to coordinators through the task-manager, one for each task that masks. A broken or silent one is opened again, also where the
 * task-manager has been started anew and listens elsewhere. Safe for all threads.
 */
public final class MaskingStreams implements Maskers.Streams {
    private static final Duration BEAT = Duration.ofSeconds(20);
    private static final int SILENT_BEATS = 3;

    private final String executorId;
    private final TaskManagerLink.Dialling dialling;
    private final Timers timers;
    private final Executor threads;
    private final Supplier<Backoff> backoffs;

    public MaskingStreams(
            String executorId,
            TaskManagerLink.Dialling dialling,
            Timers timers,
            Executor threads,
            Supplier<Backoff> backoffs) {
        this.executorId = executorId;
        this.dialling = dialling;
        this.timers = timers;
        this.threads = threads;
        this.backoffs = backoffs;
    }

    @Override
    public Stream open(TaskRef task, Listener listener) {
        Reopened stream = new Reopened(task, listener, backoffs.get());
        stream.open();
        return stream;
    }

    private static boolean stale(FaultException failure) {
        return switch (failure.fault()) {
            case STALE_RUN, STALE, TOKEN_INVALID, UPDATE_TOO_LATE -> true;
            default -> false;
        };
    }

    private final class Reopened implements Stream {
        private final TaskRef task;
        private final Listener listener;
        private final Backoff backoff;
        private ManagedChannel channel;
        private Call call;
        private boolean closed;

        private Reopened(TaskRef task, Listener listener, Backoff backoff) {
            this.task = task;
            this.listener = listener;
            this.backoff = backoff;
        }

        private synchronized void open() {
            if (closed) {
                return;
            }
            channel = dialling.open().apply(dialling.address().get());
            call = new Call(this);
            TaskManagerServiceGrpc.newStub(channel).relayMasking(call);
            listener.opened();
            beat(call);
        }

        @Override
        public synchronized void say(MaskingUp word) {
            if (call != null) {
                call.send(word);
            }
        }

        private synchronized void beat(Call beating) {
            if (closed || call != beating) {
                return;
            }
            if (beating.silentBeats++ >= SILENT_BEATS) {
                beating.up.cancel("The coordinator was silent", null);
                return;
            }
            timers.schedule(BEAT, threads, () -> {
                say(MaskingUp.newBuilder()
                        .setTask(task)
                        .setBeat(MaskingBeat.getDefaultInstance())
                        .build());
                beat(beating);
            });
        }

        private synchronized void heard(Call from, MaskingDown word) {
            if (call == from && !closed) {
                from.silentBeats = 0;
                backoff.reset();
                if (!word.hasBeat()) {
                    listener.heard(word);
                }
            }
        }

        private synchronized void ended(Call which, FaultException failure) {
            which.over = true;
            if (call != which || closed) {
                return;
            }
            call = null;
            channel.shutdownNow();
            if (stale(failure)) {
                listener.stale(failure);
            } else {
                timers.schedule(failure.retryAfter().orElseGet(backoff::next), threads, this::open);
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            if (call != null) {
                call.complete();
                call = null;
            }
            if (channel != null) {
                channel.shutdown();
            }
        }
    }

    private final class Call implements ClientResponseObserver<RelayMaskingRequest, MaskingDown> {
        private final Reopened stream;
        private ClientCallStreamObserver<RelayMaskingRequest> up;
        private int silentBeats;
        private boolean over;

        private Call(Reopened stream) {
            this.stream = stream;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<RelayMaskingRequest> started) {
            up = started;
        }

        /** Under the stream's lock. */
        private void send(MaskingUp word) {
            if (!over) {
                up.onNext(RelayMaskingRequest.newBuilder()
                        .setExecutorId(executorId)
                        .setUp(word)
                        .build());
            }
        }

        private void complete() {
            if (!over) {
                over = true;
                up.onCompleted();
            }
        }

        @Override
        public void onNext(MaskingDown word) {
            stream.heard(this, word);
        }

        @Override
        public void onError(Throwable failure) {
            stream.ended(this, GrpcFaults.from(failure));
        }

        @Override
        public void onCompleted() {
            stream.ended(this, new FaultException(Fault.UNAVAILABLE, "The task-manager ended the stream."));
        }
    }
}
