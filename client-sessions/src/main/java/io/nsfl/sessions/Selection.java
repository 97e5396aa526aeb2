package io.nsfl.sessions;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.AssignRequest;
import io.nsfl.protocol.v1.CheckResourcesRequest;
import io.nsfl.protocol.v1.CheckResourcesResponse;
import io.nsfl.protocol.v1.ExplainSelectionRequest;
import io.nsfl.protocol.v1.ExplainSelectionResponse;
import io.nsfl.protocol.v1.ListClientsRequest;
import io.nsfl.protocol.v1.ListClientsResponse;
import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.RenewRequest;
import io.nsfl.protocol.v1.RenewResponse;
import io.nsfl.protocol.v1.ReserveRequest;
import io.nsfl.protocol.v1.ReserveResponse;
import io.nsfl.protocol.v1.WatchLeasesRequest;
import io.nsfl.sessions.desk.LeaseListener;
import io.nsfl.sessions.desk.SessionDesk;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

/**
 * Choosing clients, inside the process that holds their streams: what {@code nsfl.v1.SelectionService} does, call for call and fault for
 * fault, without the wire. A coordinator in direct mode calls it; the gRPC service is a thin rim over it.
 *
 * <p>Calls return at once, from any thread. A stage completes on the sessions' own thread (hand over before doing work there) once what
 * it answers is durable, or fails with {@link FaultException}.
 */
public final class Selection {
    private final SessionDesk desk;
    private final Executor sessions;

    Selection(SessionDesk desk, Executor sessions) {
        this.desk = desk;
        this.sessions = sessions;
    }

    /** Whether enough clients fit these conditions now. */
    public CompletionStage<CheckResourcesResponse> check(CheckResourcesRequest request) {
        return call(request, desk::check);
    }

    /** Leases clients; idempotent by (run, round, attempt, kind). */
    public CompletionStage<ReserveResponse> reserve(ReserveRequest request) {
        return call(request, desk::reserve);
    }

    /** Puts assignments in the outbox of their clients; idempotent by task. */
    public CompletionStage<Void> assign(AssignRequest request) {
        return call(request, desk::assign);
    }

    /** Extends all leases of the run. */
    public CompletionStage<RenewResponse> renew(RenewRequest request) {
        return call(request, desk::renew);
    }

    /** Ends leases and tells their clients to stop. */
    public CompletionStage<Void> release(ReleaseRequest request) {
        return call(request, desk::release);
    }

    /** All clients that are known. */
    public CompletionStage<ListClientsResponse> list(ListClientsRequest request) {
        return call(request, desk::list);
    }

    /** Why each known client would, or would not, be chosen. */
    public CompletionStage<ExplainSelectionResponse> explain(ExplainSelectionRequest request) {
        return call(request, desk::explain);
    }

    /** What happens to a run's leases, from the current state on, until the watch is closed or ends. */
    public Watch watch(WatchLeasesRequest request, LeaseListener listener) {
        AtomicReference<Runnable> remove = new AtomicReference<>(() -> {});
        sessions.execute(() -> remove.set(desk.watch(request, listener)));
        return () -> sessions.execute(() -> remove.get().run());
    }

    private <Q, A> CompletionStage<A> call(Q request, BiConsumer<Q, CompletableFuture<A>> work) {
        CompletableFuture<A> call = new CompletableFuture<>();
        sessions.execute(() -> {
            try {
                work.accept(request, call);
            } catch (RuntimeException e) {
                call.completeExceptionally(new FaultException(
                        Fault.INTERNAL_ERROR, "The selection failed on a request it should have answered.", e));
                throw e;
            }
        });
        return call;
    }

    /** An open watch. */
    @FunctionalInterface
    public interface Watch extends AutoCloseable {
        /** Ends the watch without a word to its listener; harmless when repeated. */
        @Override
        void close();
    }
}
