package io.nsfl.sessions;

import io.grpc.BindableService;
import io.nsfl.protocol.ids.IdSource;
import io.nsfl.storage.document.DocumentStore;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * The clients' sessions as one part: opened over a document store, bound to a gRPC server, asked through {@link Selection}.
 *
 * <p>One writer owns clients, leases and outbox; what it decides is in the store before anybody learns of it. Opened again over the same
 * store it goes on where it was: leases live on, assignments and cancels that no client has confirmed are sent again.
 */
public final class ClientSessions implements AutoCloseable {
    private ClientSessions() {}

    /**
     * Reads what the store holds and starts.
     *
     * @param store stays the caller's to close, after this; collections {@code clients} and {@code leases}
     * @param random for the challenges that clients sign: cryptographically strong in production
     * @param ids for session ids
     * @throws io.nsfl.protocol.fault.FaultException DATABASE_UNAVAILABLE, CONFIGURATION_INVALID as the store says
     */
    public static ClientSessions open(
            SessionSettings settings, DocumentStore store, InstantSource clock, RandomGenerator random, IdSource ids) {
        throw new UnsupportedOperationException();
    }

    /** {@code nsfl.v1.ClientService}, for any gRPC server; open to clients, who prove themselves on the stream. */
    public BindableService clientService() {
        throw new UnsupportedOperationException();
    }

    /** {@code nsfl.v1.SelectionService}; whoever binds it puts the check of the internal secret before it. */
    public BindableService selectionService() {
        throw new UnsupportedOperationException();
    }

    /** The same inside this process. */
    public Selection selection() {
        throw new UnsupportedOperationException();
    }

    /** Tells the clients to come back later, closes their streams and ends the watches. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
