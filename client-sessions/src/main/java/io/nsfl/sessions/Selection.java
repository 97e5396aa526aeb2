package io.nsfl.sessions;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.AssignRequest;
import io.nsfl.protocol.v1.CheckResourcesRequest;
import io.nsfl.protocol.v1.CheckResourcesResponse;
import io.nsfl.protocol.v1.ExplainSelectionRequest;
import io.nsfl.protocol.v1.ExplainSelectionResponse;
import io.nsfl.protocol.v1.LeaseEvent;
import io.nsfl.protocol.v1.ListClientsRequest;
import io.nsfl.protocol.v1.ListClientsResponse;
import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.RenewRequest;
import io.nsfl.protocol.v1.RenewResponse;
import io.nsfl.protocol.v1.ReserveRequest;
import io.nsfl.protocol.v1.ReserveResponse;
import io.nsfl.protocol.v1.WatchLeasesRequest;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Choosing clients, inside the process that holds their streams: what {@code nsfl.v1.SelectionService} does, call for call and fault for
 * fault, without the wire. A coordinator in direct mode calls it; the gRPC service is a thin rim over it.
 *
 * <p>Calls return at once, from any thread. A stage completes on the sessions' own thread (hand over before doing work there) once what
 * it answers is durable, or fails with {@link io.nsfl.protocol.fault.FaultException}.
 */
public final class Selection {
    Selection() {}

    /** Whether enough clients fit these conditions now. */
    public CompletionStage<CheckResourcesResponse> check(CheckResourcesRequest request) {
        throw new UnsupportedOperationException();
    }

    /** Leases clients; idempotent by (run, round, attempt, kind). */
    public CompletionStage<ReserveResponse> reserve(ReserveRequest request) {
        throw new UnsupportedOperationException();
    }

    /** Puts assignments in the outbox of their clients; idempotent by task. */
    public CompletionStage<Void> assign(AssignRequest request) {
        throw new UnsupportedOperationException();
    }

    /** Extends all leases of the run. */
    public CompletionStage<RenewResponse> renew(RenewRequest request) {
        throw new UnsupportedOperationException();
    }

    /** Ends leases and tells their clients to stop. */
    public CompletionStage<Void> release(ReleaseRequest request) {
        throw new UnsupportedOperationException();
    }

    /** What happens to a run's leases, from the current state on, until the watch is closed or fails. */
    public Watch watch(WatchLeasesRequest request, WatchListener listener) {
        throw new UnsupportedOperationException();
    }

    /** All clients that are known. */
    public CompletionStage<ListClientsResponse> list(ListClientsRequest request) {
        throw new UnsupportedOperationException();
    }

    /** Why each known client would, or would not, be chosen. */
    public CompletionStage<ExplainSelectionResponse> explain(ExplainSelectionRequest request) {
        throw new UnsupportedOperationException();
    }

    /** An open watch. */
    public interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** Takes a watch's events on the sessions' own thread, in order; must not block. */
    public interface WatchListener extends Consumer<LeaseEvent> {
        /** The watch is over: a later epoch took the run over, or the sessions close. */
        void ended(FaultException reason);
    }
}
