package io.nsfl.coordinator.masking;

import com.google.protobuf.ByteString;
import io.nsfl.coordinator.round.RoundDesk;
import io.nsfl.coordinator.round.RoundDesk.Subscription;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.federation.secagg.PartyId;
import io.nsfl.federation.secagg.ThreatModel;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.ClientIdentity;
import io.nsfl.protocol.v1.MaskingDown;
import io.nsfl.protocol.v1.MaskingEnd;
import io.nsfl.protocol.v1.MaskingMessage;
import io.nsfl.protocol.v1.MaskingReady;
import io.nsfl.protocol.v1.MaskingRefusal;
import io.nsfl.protocol.v1.MaskingStage;
import io.nsfl.protocol.v1.TaskRef;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who masks: one seat for each client of the open work that is ready, with the request that it has not answered. A client that comes back
 * takes its seat again and hears the request again, on the new stream; the old one ends. What is said again to one client in a session is
 * bounded. Safe for many threads; one lock, never held while waiting.
 */
public final class MaskingDesk {
    /**
     * Bytes of requests that are repeated to one client in a session: enough for a roster of ten thousand over a dozen broken streams, and for a
     * small request as often as anybody asks.
     */
    static final long MOST_REPEATED = 32L << 20;

    /** A stage may be over by then; the next one's request is another. */
    private static final Duration COME_BACK = Duration.ofSeconds(20);

    private final RoundDesk rounds;
    private final Engine engine;
    private final Map<String, Seat> seats = new HashMap<>();
    private final Map<String, MaskingMessage> requests = new HashMap<>();
    private final Map<String, Long> repeated = new HashMap<>();
    private final Set<String> left = new HashSet<>();
    private final Set<String> leftForGood = new HashSet<>();
    private int session;
    private Optional<WorkId> work = Optional.empty();

    private record Seat(PartyId party, ThreatModel threatModel, Stream stream) {}

    /** A client's call, on which it is asked; from any thread, must not block. */
    public interface Stream {
        void say(MaskingDown word);

        /** The client came back on another one. */
        void replaced();

        /** Of a client that is away. */
        Stream GONE = new Stream() {
            @Override
            public void say(MaskingDown word) {
                // It is asked when it comes back.
            }

            @Override
            public void replaced() {
                // There is nothing to end.
            }
        };
    }

    /** Where clients' words go; from any thread, must not block. */
    public interface Engine {
        void ready(WorkId work, String client);

        void answered(WorkId work, String client, MaskingMessage answer);

        void left(WorkId work, String client, MaskingRefusal refusal);
    }

    /** @param rounds knows which tasks are wanted */
    public MaskingDesk(RoundDesk rounds, Engine engine) {
        this.rounds = rounds;
        this.engine = engine;
    }

    /**
     * A client has trained, or is back.
     *
     * @param task whose token is verified
     * @param ready with the identity key of the client: its id is derived from it
     * @param stream the same object for every word of one call: what was said on it is not repeated on it
     * @throws FaultException as {@link RoundDesk#describe}; UNAUTHENTICATED the key is not the client's; REQUEST_INVALID the task is not masked;
     *     ATTEMPTS_EXCEEDED the session's requests were repeated to this client too often
     */
    public Subscription participate(TaskRef task, MaskingReady ready, Stream stream) {
        byte[] identityKey = ready.getIdentityKey().toByteArray();
        if (!rounds.describe(task).hasMasking()) {
            throw new FaultException(Fault.REQUEST_INVALID, "This task's result is not masked; deliver it.");
        }
        if (!ClientIdentity.of(identityKey).id().equals(task.getClientId())) {
            throw new FaultException(
                    Fault.UNAUTHENTICATED, "The identity key is not that of client " + task.getClientId() + ".");
        }
        WorkId asked = WorkId.of(task);
        ThreatModel protectedAgainst =
                ready.getThreatModel().equals(ThreatModel.ACTIVE.text()) ? ThreatModel.ACTIVE : ThreatModel.SEMI_HONEST;
        Seat seat = new Seat(PartyId.of(identityKey), protectedAgainst, stream);
        synchronized (this) {
            // Under the lock: a client that comes late must not clear the seats of the work that was opened since.
            if (rounds.open(asked).isEmpty()) {
                throw new FaultException(
                        Fault.STALE,
                        "Round " + asked.round() + ", attempt " + asked.attempt() + " is over; drop the task.");
            }
            begin(asked);
            sit(task.getClientId(), seat);
        }
        engine.ready(asked, task.getClientId());
        return () -> leave(task.getClientId(), seat);
    }

    private void sit(String client, Seat seat) {
        Optional<Seat> before = Optional.ofNullable(seats.get(client)).filter(taken -> taken.stream() == seat.stream());
        Optional<MaskingMessage> missed =
                before.isPresent() ? Optional.empty() : Optional.ofNullable(requests.get(client));
        missed.ifPresent(request -> countRepeat(client, request));
        Seat left = seats.put(client, seat);
        if (left != null && left.stream() != seat.stream()) {
            left.stream().replaced();
        }
        missed.ifPresent(request ->
                seat.stream().say(MaskingDown.newBuilder().setRequest(request).build()));
    }

    private void countRepeat(String client, MaskingMessage request) {
        long bytes = repeated.getOrDefault(client, 0L) + request.getSerializedSize();
        if (bytes > MOST_REPEATED) {
            throw new FaultException(
                    Fault.ATTEMPTS_EXCEEDED,
                    "The requests of masking session " + request.getSession()
                            + " were repeated to this client so often that they came to " + (MOST_REPEATED >> 20)
                            + " MiB; it is not asked again before the next stage.",
                    COME_BACK,
                    null);
        }
        repeated.put(client, bytes);
    }

    /** A client's answer. One that nobody asked for, or that was given before, goes no further: what waits for the engine stays bounded. */
    public void answered(TaskRef task, MaskingMessage answer) {
        WorkId asked = WorkId.of(task);
        if (take(asked, task.getClientId(), answer.getSession(), answer.getStage())) {
            engine.answered(asked, task.getClientId(), answer);
        }
    }

    /** A client leaves a session, or the work for good. Said again, or of another session than the open one, it goes no further. */
    public void refused(TaskRef task, MaskingRefusal refusal) {
        WorkId asked = WorkId.of(task);
        String client = task.getClientId();
        boolean news;
        synchronized (this) {
            if (!work.equals(Optional.of(asked))) {
                return;
            }
            forget(client, refusal.getSession());
            news = refusal.getForGood() ? leftForGood.add(client) : refusal.getSession() == session && left.add(client);
        }
        if (news) {
            engine.left(asked, client, refusal);
        }
    }

    /** The identity of a client that was ready for this work. */
    public synchronized Optional<PartyId> party(WorkId asked, String client) {
        return work.equals(Optional.of(asked))
                ? Optional.ofNullable(seats.get(client)).map(Seat::party)
                : Optional.empty();
    }

    /** Against which server a session of these clients protects: that of the least careful one. */
    public synchronized ThreatModel threatModel(Collection<String> clients) {
        boolean all = clients.stream()
                .map(seats::get)
                .allMatch(seat -> seat != null && seat.threatModel() == ThreatModel.ACTIVE);
        return all ? ThreatModel.ACTIVE : ThreatModel.SEMI_HONEST;
    }

    /** Asks a stage, in the place of what was asked before. @param contents by client */
    public synchronized void ask(WorkId asked, int session, MaskingStage stage, Map<String, byte[]> contents) {
        begin(asked);
        requests.clear();
        if (session != this.session) {
            this.session = session;
            repeated.clear();
            left.clear();
        }
        // Everybody's keys are the same for thousands, and large.
        Map<byte[], ByteString> shared = new IdentityHashMap<>();
        contents.forEach((client, content) -> {
            MaskingMessage request = MaskingMessage.newBuilder()
                    .setSession(session)
                    .setStage(stage)
                    .setContent(shared.computeIfAbsent(content, ByteString::copyFrom))
                    .build();
            requests.put(client, request);
            tell(client, MaskingDown.newBuilder().setRequest(request));
        });
    }

    /**
     * An answer is taken, whichever way it came: the client need not be asked again.
     *
     * @return whether it had been asked and had not answered
     */
    public synchronized boolean take(WorkId asked, String client, int session, MaskingStage stage) {
        MaskingMessage request = requests.get(client);
        boolean wanted = work.equals(Optional.of(asked))
                && request != null
                && request.getSession() == session
                && request.getStage() == stage;
        if (wanted) {
            requests.remove(client);
        }
        return wanted;
    }

    /** A session is over for these clients. */
    public synchronized void end(WorkId asked, int session, Collection<String> clients, String reason) {
        if (!work.equals(Optional.of(asked))) {
            return;
        }
        clients.forEach(client -> {
            forget(client, session);
            tell(
                    client,
                    MaskingDown.newBuilder()
                            .setEnd(MaskingEnd.newBuilder().setSession(session).setReason(reason)));
        });
    }

    private void begin(WorkId asked) {
        if (!work.equals(Optional.of(asked))) {
            work = Optional.of(asked);
            seats.clear();
            requests.clear();
            repeated.clear();
            left.clear();
            leftForGood.clear();
        }
    }

    private void tell(String client, MaskingDown.Builder word) {
        Seat seat = seats.get(client);
        if (seat != null) {
            seat.stream().say(word.build());
        }
    }

    private void forget(String client, int session) {
        MaskingMessage request = requests.get(client);
        if (request != null && request.getSession() == session) {
            requests.remove(client);
        }
    }

    /** The stream is gone; the seat's identity stays, for what others say about the client. */
    private synchronized void leave(String client, Seat seat) {
        if (seats.get(client) == seat) {
            seats.put(client, new Seat(seat.party(), seat.threatModel(), Stream.GONE));
        }
    }
}
