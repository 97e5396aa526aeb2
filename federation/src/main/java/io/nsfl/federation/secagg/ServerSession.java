package io.nsfl.federation.secagg;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The server in one session. In each stage it takes one message from each expected client, in any order; whoever has not answered when the stage is
 * closed is out. A method that takes a message throws {@link SecAggAbort} to refuse it and changes nothing then; an identical repeat is no fault.
 *
 * <p>Memory: four bytes for each element outside the heap, and until vectors come about 300 bytes for each client and neighbour. Not thread-safe.
 */
public final class ServerSession implements AutoCloseable {
    private final SecAggParameters parameters;
    private final byte[] session;
    private final SignatureCheck check;
    private final Set<PartyId> invited;
    private final Arena arena = Arena.ofShared();
    private final Sums sums;
    private final StageAnswers answers = new StageAnswers();
    private final List<Accusation> accusations = new ArrayList<>();

    private final Map<PartyId, Advertisement> advertised = new TreeMap<>();
    private final Map<Integer, SharesFrom> dealt = new TreeMap<>();
    private final TreeMap<Integer, byte[]> signatures = new TreeMap<>();

    private Stage stage = Stage.ADVERTISE;
    private Roster roster;
    private SessionKeys keys;
    private Members sharers;
    private Members vectors;
    private Unmasking unmasking;

    /** What this stage tells all alike, once it was asked for; null before. */
    private byte[] common;

    /** @param invited clients that may take part: the cohort's, chosen and authenticated elsewhere */
    public ServerSession(SecAggParameters parameters, Set<PartyId> invited) {
        this(parameters, invited, SignatureCheck.ED25519);
    }

    ServerSession(SecAggParameters parameters, Set<PartyId> invited, SignatureCheck check) {
        if (invited.size() != parameters.cohort().clients()) {
            throw new SecAggAbort(
                    AbortReason.UNSOUND_PARAMETERS,
                    invited.size() + " clients are invited to a session of "
                            + parameters.cohort().clients() + ".");
        }
        this.parameters = parameters;
        this.session = parameters.digest();
        this.check = check;
        this.invited = Set.copyOf(invited);
        this.sums = new Sums(parameters.vector().length(), arena);
    }

    public Stage stage() {
        return stage;
    }

    /** Whose answer this stage takes. */
    public Set<PartyId> expected() {
        return invited.stream().filter(this::takesPart).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether this stage takes an answer of this client and has none. */
    public boolean wants(PartyId party) {
        return takesPart(party) && !answers.has(party);
    }

    private boolean takesPart(PartyId party) {
        return switch (stage) {
            case ADVERTISE -> invited.contains(party);
            case SHARE -> roster.place(party) >= 0;
            case MASK -> among(sharers, party);
            case CONSISTENCY -> among(vectors, party);
            case UNMASK -> signatures.containsKey(roster.place(party));
            case FINISH, DONE, ABORTED -> false;
        };
    }

    private boolean among(Members members, PartyId party) {
        int place = roster.place(party);
        return place >= 0 && members.contains(place);
    }

    /** Who has answered in this stage. */
    public Set<PartyId> answered() {
        return answers.parties();
    }

    /** Whether nobody is left to wait for. */
    public boolean complete() {
        return answers.size() == expected().size();
    }

    /** Why this stage cannot be closed yet; nothing if it can, with whoever has answered. */
    public Optional<SecAggAbort> shortfall() {
        return switch (stage) {
            case ADVERTISE -> fewerThan(parameters.minRoster(), answers.size(), "have sent keys");
            case SHARE ->
                fewerThan(quorum(), dealt.size(), "have sent shares")
                        .or(() -> lostTo(Members.of(roster.size(), dealt.keySet())));
            case MASK ->
                fewerThan(quorum(), vectors.size(), "have sent vectors").or(() -> lostTo(vectors));
            case CONSISTENCY -> fewerThan(quorum(), signatures.size(), "have signed the list of survivors");
            case UNMASK -> unmasking.shortfall();
            case FINISH, DONE, ABORTED -> Optional.of(outOfOrder("There is no stage to close"));
        };
    }

    /**
     * Goes on to the next stage with whoever has answered.
     *
     * @throws SecAggAbort for a {@link #shortfall}: the session has ended then
     */
    public void closeStage() {
        Optional<SecAggAbort> shortfall = shortfall();
        if (shortfall.isPresent()) {
            abort();
            throw shortfall.get();
        }
        answers.clear();
        common = null;
        switch (stage) {
            case ADVERTISE -> openRoster();
            case SHARE -> {
                sharers = Members.of(roster.size(), dealt.keySet());
                stage = Stage.MASK;
            }
            case MASK -> {
                dealt.values().forEach(SharesFrom::forgetPackets);
                stage = parameters.mode() == Mode.ONEMASK ? Stage.FINISH : Stage.CONSISTENCY;
            }
            case CONSISTENCY -> {
                unmasking = new Unmasking(session, roster, keys, recovery(), sharers, vectors);
                stage = Stage.UNMASK;
            }
            case UNMASK -> stage = Stage.FINISH;
            case FINISH, DONE, ABORTED -> throw outOfOrder("There is no stage to close");
        }
    }

    /**
     * What this stage tells an expected client; the same bytes each time, and one array for all where it is the same for all: not to be changed.
     * ADVERTISE starts with nothing but the parameters.
     */
    public byte[] messageFor(PartyId party) {
        return switch (stage) {
            case SHARE -> {
                placeOf(party);
                yield roster.encoded();
            }
            case MASK -> {
                int place = placeOf(party);
                yield parameters.mode() == Mode.ONEMASK ? roster.encoded() : sharesFor(place);
            }
            case CONSISTENCY -> {
                placeOf(party);
                yield common(() -> ConsistencyRound.survivors(session, roster.digest(), sharers, vectors));
            }
            case UNMASK -> {
                placeOf(party);
                yield common(() -> ConsistencyRound.signatures(session, signatures, quorum()));
            }
            case ADVERTISE, FINISH, DONE, ABORTED -> throw outOfOrder("There is no message to send");
        };
    }

    /** @param party as the transport has authenticated it */
    public void advertised(PartyId party, byte[] message) {
        require(Stage.ADVERTISE);
        if (!takesPart(party)) {
            throw notExpected(party);
        }
        if (answers.repeated(party, message)) {
            return;
        }
        Advertisement advertisement = Advertisement.parse(message.clone(), session);
        if (!advertisement.party().equals(party) || !advertisement.signed(check)) {
            throw new SecAggAbort(
                    AbortReason.BAD_PEER_SIGNATURE,
                    party,
                    "The keys of client " + party + " are not signed by its identity.");
        }
        advertised.put(party, advertisement);
        answers.add(party, message);
    }

    public void shared(PartyId party, byte[] message) {
        require(Stage.SHARE);
        int place = placeOf(party);
        if (answers.repeated(party, message)) {
            return;
        }
        dealt.put(place, SharesFrom.parse(message, session, roster, place));
        answers.add(party, message);
    }

    /**
     * Adds a masked vector to the sum, in one pass that cannot fail half-way.
     *
     * @param vector exactly {@code vector.bytes()} bytes of little-endian integers, complete and verified
     * @throws SecAggAbort CONFLICTING_REPEAT for any second vector; ask {@link #answered} before
     */
    public void masked(PartyId party, MemorySegment vector) {
        require(Stage.MASK);
        int place = placeOf(party);
        if (vector.byteSize() != parameters.vector().bytes()) {
            throw new SecAggAbort(
                    AbortReason.MALFORMED,
                    party,
                    "The masked vector of client " + party + " has " + vector.byteSize() + " bytes, not "
                            + parameters.vector().bytes() + ".");
        }
        answers.requireFirst(party);
        sums.add(vector);
        vectors.add(place);
        answers.add(party, new byte[0]);
    }

    public void signed(PartyId party, byte[] message) {
        require(Stage.CONSISTENCY);
        int place = placeOf(party);
        if (answers.repeated(party, message)) {
            return;
        }
        byte[] signature = ConsistencyRound.parseSignature(message, session);
        byte[] list = Signatures.consistency(session, roster.digest(), sharers, vectors);
        if (!check.verifies(party.identityKey(), list, signature)) {
            throw new SecAggAbort(
                    AbortReason.BAD_CONSISTENCY_SIGNATURE,
                    party,
                    "Client " + party + " did not sign the list of survivors it was sent.");
        }
        signatures.put(place, signature);
        answers.add(party, message);
    }

    /** Takes what a survivor releases. A share that is not what its dealer committed to is left out, and the client accused. */
    public void unmasked(PartyId party, byte[] message) {
        require(Stage.UNMASK);
        int holder = placeOf(party);
        if (answers.repeated(party, message)) {
            return;
        }
        int wrong = unmasking.release(holder, message);
        if (wrong > 0) {
            accusations.add(new Accusation(
                    party,
                    AbortReason.BAD_SHARE,
                    "Client " + party + " released " + wrong + " shares that are not those it was given."));
        }
        answers.add(party, message);
    }

    /**
     * Removes what masks are left and gives the sum.
     *
     * @throws SecAggAbort BAD_DEALER naming a client whose shares were worth nothing: the next attempt goes without it
     */
    public SecAggResult finish() {
        require(Stage.FINISH);
        boolean done = false;
        try {
            if (parameters.mode() == Mode.DOUBLEMASK) {
                sums.apply(unmasking.masks());
            }
            done = true;
        } finally {
            if (!done) {
                abort();
            }
        }
        stage = Stage.DONE;
        unmasking = null;
        Set<PartyId> dropped = parties(Members.all(roster.size()));
        dropped.removeAll(parties(vectors));
        return new SecAggResult(sums, parties(vectors), dropped, List.copyOf(accusations));
    }

    /** Clients that broke the protocol so far without ending the session. */
    public List<Accusation> accusations() {
        return List.copyOf(accusations);
    }

    /** Frees the sums. */
    @Override
    public void close() {
        if (stage != Stage.DONE) {
            abort();
        }
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private void openRoster() {
        roster = Roster.of(
                List.copyOf(advertised.values()), session, parameters.cohort().degree());
        keys = new SessionKeys(session, roster.digest());
        vectors = Members.none(roster.size());
        if (parameters.mode() == Mode.ONEMASK) {
            sharers = Members.all(roster.size());
            stage = Stage.MASK;
        } else {
            stage = Stage.SHARE;
        }
    }

    private byte[] common(Supplier<byte[]> message) {
        if (common == null) {
            common = message.get();
        }
        return common;
    }

    private byte[] sharesFor(int place) {
        List<SharesFor.Packet> packets = new ArrayList<>();
        for (int neighbour : roster.neighbours(place)) {
            if (sharers.contains(neighbour)) {
                packets.add(dealt.get(neighbour).packetFor(place, neighbour));
            }
        }
        return new SharesFor(sharers, packets).encode(session, roster.digest());
    }

    private Optional<SecAggAbort> fewerThan(int least, int found, String what) {
        return found >= least
                ? Optional.empty()
                : Optional.of(new SecAggAbort(
                        AbortReason.BELOW_THRESHOLD,
                        found + " clients " + what + "; at least " + least + " are needed."));
    }

    /** What would be lost if only these went on. */
    private Optional<SecAggAbort> lostTo(Members left) {
        return parameters.mode() == Mode.ONEMASK ? Optional.empty() : recovery().lostTo(left);
    }

    private Recovery recovery() {
        return new Recovery(roster, dealt, parameters.cohort().threshold());
    }

    private int quorum() {
        return parameters.quorum(roster.size());
    }

    private Set<PartyId> parties(Members members) {
        Set<PartyId> parties = new TreeSet<>();
        for (int place : members.places()) {
            parties.add(roster.party(place));
        }
        return parties;
    }

    /** @throws SecAggAbort if this stage expects nothing of this client */
    private int placeOf(PartyId party) {
        if (!takesPart(party)) {
            throw notExpected(party);
        }
        return roster.place(party);
    }

    private void require(Stage expected) {
        if (stage != expected) {
            throw outOfOrder("A message for " + expected + " is not taken");
        }
    }

    private SecAggAbort outOfOrder(String what) {
        return new SecAggAbort(AbortReason.ILLEGAL_STEP, what + ": the session stands at " + stage + ".");
    }

    private static SecAggAbort notExpected(PartyId party) {
        return new SecAggAbort(
                AbortReason.NOT_EXPECTED, party, "Nothing is expected from client " + party + " in this stage.");
    }

    private void abort() {
        stage = Stage.ABORTED;
        answers.clear();
        dealt.clear();
        signatures.clear();
        unmasking = null;
    }
}
