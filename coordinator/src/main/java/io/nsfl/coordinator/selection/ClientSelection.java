package io.nsfl.coordinator.selection;

import io.nsfl.protocol.v1.AssignRequest;
import io.nsfl.protocol.v1.LeaseEvent;
import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.ReserveRequest;
import io.nsfl.protocol.v1.ReserveResponse;
import io.nsfl.protocol.v1.RunRef;
import java.util.function.Consumer;

/**
 * Whoever chooses clients for this run. Calls block their thread until they are answered and throw
 * {@link io.nsfl.protocol.fault.FaultException}: SELECTOR_UNAVAILABLE where asking again later may help, STALE_RUN when another coordinator
 * owns the run, else as {@code nsfl.v1.SelectionService} says. Every call can be repeated.
 */
public interface ClientSelection extends AutoCloseable {
    /** Leases clients. */
    ReserveResponse reserve(ReserveRequest request);

    /** Puts assignments in the outbox of their clients. */
    void assign(AssignRequest request);

    /** Ends leases and tells their clients to stop. */
    void release(ReleaseRequest request);

    /** Extends all leases of the run. */
    void renew(RunRef run);

    /**
     * Tells what happens to the run's leases from now on until {@link #close}, reconnecting by itself.
     *
     * @param listener called on a thread of its own choosing; must not block
     * @param superseded called once when another coordinator owns the run
     */
    void watch(RunRef run, Consumer<LeaseEvent> listener, Consumer<String> superseded);

    @Override
    void close();
}
