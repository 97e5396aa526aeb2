package io.nsfl.coordinator.selection;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.AssignRequest;
import io.nsfl.protocol.v1.LeaseEvent;
import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.RenewRequest;
import io.nsfl.protocol.v1.ReserveRequest;
import io.nsfl.protocol.v1.ReserveResponse;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.SelectionServiceGrpc;
import io.nsfl.protocol.v1.SelectionServiceGrpc.SelectionServiceBlockingStub;
import io.nsfl.protocol.v1.WatchLeasesRequest;
import io.nsfl.servicekit.fault.GrpcFaults;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.time.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The client-selector over gRPC; its channel carries the internal secret. */
public final class SelectorClient implements ClientSelection {
    private static final Duration CALL_LIMIT = Duration.ofSeconds(60);

    private final ManagedChannel channel;
    private final Timers timers;
    private final Executor threads;
    private final Backoff backoff;
    private final Context.CancellableContext watching = Context.ROOT.withCancellation();

    /** @param backoff between two attempts to watch */
    public SelectorClient(ManagedChannel channel, Timers timers, Executor threads, Backoff backoff) {
        this.channel = channel;
        this.timers = timers;
        this.threads = threads;
        this.backoff = backoff;
    }

    @Override
    public ReserveResponse reserve(ReserveRequest request) {
        return call(() -> stub().reserve(request));
    }

    @Override
    public void assign(AssignRequest request) {
        call(() -> stub().assign(request));
    }

    @Override
    public void release(ReleaseRequest request) {
        call(() -> stub().release(request));
    }

    @Override
    public void renew(RunRef run) {
        call(() -> stub().renew(RenewRequest.newBuilder().setRun(run).build()));
    }

    @Override
    public void watch(RunRef run, Consumer<LeaseEvent> listener, Consumer<String> superseded) {
        watching.run(() -> SelectionServiceGrpc.newStub(channel)
                .watchLeases(
                        WatchLeasesRequest.newBuilder().setRun(run).build(), new Watch(run, listener, superseded)));
    }

    @Override
    public void close() {
        watching.cancel(null);
        channel.shutdownNow();
    }

    private SelectionServiceBlockingStub stub() {
        return SelectionServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(CALL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static <T> T call(Supplier<T> rpc) {
        try {
            return rpc.get();
        } catch (RuntimeException failed) {
            FaultException fault = GrpcFaults.from(failed);
            throw fault.fault() == Fault.UNAVAILABLE
                    ? new FaultException(
                            Fault.SELECTOR_UNAVAILABLE,
                            "The client-selector does not answer: " + fault.getMessage(),
                            fault)
                    : fault;
        }
    }

    /** One stream; the next is opened when it breaks. */
    private final class Watch implements StreamObserver<LeaseEvent> {
        private final RunRef run;
        private final Consumer<LeaseEvent> listener;
        private final Consumer<String> superseded;

        Watch(RunRef run, Consumer<LeaseEvent> listener, Consumer<String> superseded) {
            this.run = run;
            this.listener = listener;
            this.superseded = superseded;
        }

        @Override
        public void onNext(LeaseEvent event) {
            synchronized (backoff) {
                backoff.reset();
            }
            listener.accept(event);
        }

        @Override
        public void onError(Throwable failed) {
            FaultException fault = GrpcFaults.from(failed);
            if (fault.fault() == Fault.STALE_RUN) {
                superseded.accept(fault.getMessage());
            } else {
                again();
            }
        }

        @Override
        public void onCompleted() {
            again();
        }

        private void again() {
            if (watching.isCancelled()) {
                return;
            }
            Duration pause;
            synchronized (backoff) {
                pause = backoff.next();
            }
            timers.schedule(pause, threads, () -> {
                if (!watching.isCancelled()) {
                    watch(run, listener, superseded);
                }
            });
        }
    }
}
