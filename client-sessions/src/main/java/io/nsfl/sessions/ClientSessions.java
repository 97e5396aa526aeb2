package io.nsfl.sessions;

import io.grpc.BindableService;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.IdSource;
import io.nsfl.sessions.desk.SessionDesk;
import io.nsfl.sessions.enrolment.EnrolmentSettings;
import io.nsfl.sessions.enrolment.Enrolments;
import io.nsfl.sessions.rpc.ClientRpc;
import io.nsfl.sessions.rpc.SelectionRpc;
import io.nsfl.sessions.stream.BeatWheel;
import io.nsfl.storage.document.DocumentStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;

/**
 * The clients' sessions as one part: opened over a document store, bound to a gRPC server, asked through {@link Selection}.
 *
 * <p>One writer owns clients, leases and outbox; what it decides is in the store before anybody learns of it. Opened again over the same
 * store it goes on where it was: leases live on, assignments and cancels that no client has confirmed are sent again.
 */
public final class ClientSessions implements AutoCloseable {
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration COME_BACK_AFTER = Duration.ofSeconds(1);

    private final SessionLoop loop = new SessionLoop();
    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("nsfl-clients-writer").daemon().factory());
    private final ExecutorService enrolling = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("nsfl-enrolment").daemon().factory());
    private final Enrolments enrolments;
    private final SessionDesk desk;
    private final Selection selection;
    private final ClientRpc clientService;
    private final SelectionRpc selectionService;

    private ClientSessions(
            SessionSettings settings,
            EnrolmentSettings enrolment,
            DocumentStore store,
            InstantSource clock,
            RandomGenerator random,
            IdSource ids) {
        enrolments = new Enrolments(enrolment, store, clock, random);
        desk = new SessionDesk(settings, store, clock, ids, writer, loop);
        selection = new Selection(desk, loop);
        BeatWheel wheel = new BeatWheel();
        clientService = new ClientRpc(
                settings,
                desk,
                loop,
                wheel,
                clock,
                random,
                new ClientRpc.Admission(enrolments, enrolling, enrolment.statements()));
        selectionService = new SelectionRpc(
                selection,
                enrolments,
                enrolling,
                client -> loop.execute(() -> desk.dismiss(
                        client,
                        new FaultException(
                                Fault.UNAUTHENTICATED, "The enrolment of client " + client + " was revoked."))));
        loop.start(desk::flush);
        loop.every(TICK, () -> loop.execute(desk::tick));
        loop.every(settings.beatPeriod().dividedBy(BeatWheel.SLOTS), wheel::turn);
    }

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
        return open(settings, EnrolmentSettings.open(), store, clock, random, ids);
    }

    /** The same, with a say in which clients are taken in; collections {@code enrolments} and {@code enrolment_tokens} besides. */
    public static ClientSessions open(
            SessionSettings settings,
            EnrolmentSettings enrolment,
            DocumentStore store,
            InstantSource clock,
            RandomGenerator random,
            IdSource ids) {
        return new ClientSessions(settings, enrolment, store, clock, random, ids);
    }

    /** {@code nsfl.v1.ClientService}, for any gRPC server; open to clients, who prove themselves on the stream. */
    public BindableService clientService() {
        return clientService;
    }

    /** {@code nsfl.v1.SelectionService}; whoever binds it puts the check of the internal secret before it. */
    public BindableService selectionService() {
        return selectionService;
    }

    /** The same inside this process. */
    public Selection selection() {
        return selection;
    }

    /** Tells the clients to come back later, closes their streams, ends the watches and writes what is not written yet. */
    @Override
    public void close() {
        loop.closeAfter(() -> desk.close(COME_BACK_AFTER));
        enrolling.close();
        writer.close();
    }
}
