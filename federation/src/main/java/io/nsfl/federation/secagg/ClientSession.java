package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.crypto.ShareCipher;
import io.nsfl.federation.secagg.mask.MaskSeed;
import io.nsfl.federation.secagg.shamir.Dealer;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * One client in one session: from fresh keys to released shares, each step once and in the order of the methods below. Any violation ends it with a
 * {@link SecAggAbort}; its secrets are overwritten then, and when it ends well. Not thread-safe.
 *
 * <p>A relay that repeats an answer sends the same bytes again; it never asks the session a second time.
 */
public final class ClientSession implements AutoCloseable {
    private final SecAggParameters parameters;
    private final ClientPolicy policy;
    private final PartyKey identity;
    private final SecureRandom random;
    private final SignatureCheck check;
    private final byte[] session;
    private final ClientSecrets secrets;
    private final Map<Integer, byte[]> shareSecrets = new TreeMap<>();
    private final Map<Integer, SharePacket> held = new TreeMap<>();

    private Stage stage = Stage.ADVERTISE;
    private boolean spent;
    private byte[] advertisement;
    private Roster roster;
    private int own;
    private SessionKeys keys;
    private Members sharers;
    private Members survivors;

    /** @param random a {@link SecureRandom} of its own in production, seeded in tests */
    public ClientSession(SecAggParameters parameters, ClientPolicy policy, PartyKey identity, SecureRandom random) {
        this(parameters, policy, identity, random, SignatureCheck.ED25519);
    }

    /** @param check what verifies peers' signatures, where one process speaks for many clients */
    public ClientSession(
            SecAggParameters parameters,
            ClientPolicy policy,
            PartyKey identity,
            SecureRandom random,
            SignatureCheck check) {
        this.parameters = parameters;
        this.policy = policy;
        this.identity = identity;
        this.random = random;
        this.check = check;
        this.session = parameters.digest();
        this.secrets = new ClientSecrets(random);
    }

    /** This client's keys, signed by its identity. */
    public byte[] advertise() {
        enter(Stage.ADVERTISE);
        return guarded(() -> {
            byte[] contribution = new byte[Advertisement.CONTRIBUTION];
            random.nextBytes(contribution);
            advertisement = Advertisement.encode(
                    session, identity, secrets.publicShareKey(), secrets.publicMaskKey(), contribution);
            stage = parameters.mode() == Mode.ONEMASK ? Stage.MASK : Stage.SHARE;
            return advertisement.clone();
        });
    }

    /** @param rosterMessage everybody's keys, from the server */
    public byte[] shareKeys(byte[] rosterMessage) {
        enter(Stage.SHARE);
        return guarded(() -> {
            meet(rosterMessage);
            byte[] message = deal();
            stage = Stage.MASK;
            return message;
        });
    }

    /**
     * Writes the masked vector: as many little-endian 32-bit integers as the vector has elements. With {@link Mode#ONEMASK} it follows
     * {@link #advertise} at once.
     *
     * @param message what peers have sealed for this client, from the server; with ONEMASK the roster
     * @throws IOException if {@code out} fails; the session has ended then
     */
    public void masked(byte[] message, ValueSource values, WritableByteChannel out) throws IOException {
        enter(Stage.MASK);
        boolean done = false;
        try {
            if (parameters.mode() == Mode.ONEMASK) {
                meet(message);
                sharers = Members.all(roster.size());
            } else {
                receive(SharesFor.parse(message, session, roster, roster.neighbours(own)));
            }
            new MaskedVector(parameters.vector(), masks()).write(values, out);
            done = true;
        } finally {
            end(!done ? Stage.ABORTED : parameters.mode() == Mode.ONEMASK ? Stage.DONE : Stage.CONSISTENCY);
        }
    }

    /**
     * Signs the list of survivors, and from then on knows no other.
     *
     * @param survivorsMessage from the server
     */
    public byte[] consistency(byte[] survivorsMessage) {
        if (stage == Stage.UNMASK) {
            refuseSecondList(survivorsMessage);
        }
        enter(Stage.CONSISTENCY);
        return guarded(() -> {
            survivors = acceptable(ConsistencyRound.parseSurvivors(survivorsMessage, session, roster, sharers));
            byte[] signature = identity.sign(Signatures.consistency(session, roster.digest(), sharers, survivors));
            stage = Stage.UNMASK;
            return ConsistencyRound.signature(session, signature);
        });
    }

    /**
     * Releases one share of each peer: of its own mask if it survived, of its mask key if it dropped out. Afterwards this session is spent: whatever vector was
     * masked in it must never be put into another.
     *
     * @param signaturesMessage from the server: enough survivors signed the same list
     */
    public byte[] unmask(byte[] signaturesMessage) {
        enter(Stage.UNMASK);
        return guarded(() -> {
            verify(ConsistencyRound.parseSignatures(signaturesMessage, session, roster.size()));
            WireWriter out = new WireWriter(MessageKind.RELEASE, session, held.size() * 36);
            held.forEach((dealer, packet) ->
                    out.raw(packet.share(survivors.contains(dealer) ? ShareKind.SELF_MASK : ShareKind.MASK_KEY)));
            spent = true;
            end(Stage.DONE);
            return out.bytes();
        });
    }

    public Stage stage() {
        return stage;
    }

    /** Whether shares were released: the vector of this session must not be used again. */
    public boolean spent() {
        return spent;
    }

    /** Against which server this client is protected. */
    public ThreatModel threatModel() {
        return policy.trust().threatModel();
    }

    /** Overwrites the secrets; a session that was not done is aborted. */
    @Override
    public void close() {
        if (stage != Stage.DONE) {
            end(Stage.ABORTED);
        }
    }

    private void meet(byte[] rosterMessage) {
        Roster shown = Roster.parse(rosterMessage, parameters, session);
        int place = shown.place(PartyId.of(identity.identityKey()));
        if (place < 0 || !MessageDigest.isEqual(shown.entry(place).encoded(), advertisement)) {
            throw new SecAggAbort(
                    AbortReason.OWN_KEYS_ALTERED, "The roster does not have this client's keys as they were sent.");
        }
        if (shown.size() < policy.minSurvivors()) {
            throw new SecAggAbort(
                    AbortReason.BELOW_THRESHOLD,
                    shown.size() + " clients take part; this client insists on " + policy.minSurvivors() + ".");
        }
        for (int peer = 0; peer < shown.size(); peer++) {
            requireOwnGroup(shown.party(peer));
            if (peer != place) {
                requireGenuine(shown.entry(peer));
            }
        }
        roster = shown;
        own = place;
        keys = new SessionKeys(session, roster.digest());
    }

    /** This client too: the server does not choose who is together. */
    private void requireOwnGroup(PartyId party) {
        SessionBinding work = parameters.session();
        if (!GroupDraw.fits(work, party, parameters.cohort().clients())) {
            throw new SecAggAbort(
                    AbortReason.OTHER_GROUP,
                    party,
                    "Client " + party + " is listed in " + work.group() + " and was not drawn for it.");
        }
    }

    private void requireGenuine(Advertisement peer) {
        if (!peer.signed(check)) {
            throw new SecAggAbort(
                    AbortReason.BAD_PEER_SIGNATURE,
                    peer.party(),
                    "The keys of client " + peer.party() + " are not signed for this session by its identity.");
        }
        if (!policy.trust().vouched(peer.party().identityKey(), peer.certificate())) {
            throw new SecAggAbort(
                    AbortReason.UNTRUSTED_PEER,
                    peer.party(),
                    "The authority that this client trusts does not vouch for client " + peer.party() + ".");
        }
    }

    private byte[] deal() {
        int[] holders = roster.holders(own);
        int threshold = parameters.cohort().threshold();
        SharesFrom message = new SharesFrom(keys.secretCommitment(secrets.selfMask(), own), holders);
        try (Dealer maskKey = new Dealer(secrets.maskKey(), threshold, random);
                Dealer selfMask = new Dealer(secrets.selfMask(), threshold, random)) {
            for (int holder : holders) {
                SharePacket packet = new SharePacket(
                        maskKey.shareAt(holder + 1).bytes(),
                        selfMask.shareAt(holder + 1).bytes());
                message.commit(
                        holder,
                        keys.shareCommitment(ShareKind.MASK_KEY, packet.maskKeyShare(), own, holder),
                        keys.shareCommitment(ShareKind.SELF_MASK, packet.selfMaskShare(), own, holder));
                if (holder == own) {
                    held.put(own, packet);
                } else {
                    message.seal(holder, seal(packet, holder));
                }
            }
        }
        return message.encode(session, roster.digest(), own);
    }

    private byte[] seal(SharePacket packet, int receiver) {
        byte[] secret = secrets.agreeOnShares(roster.entry(receiver));
        shareSecrets.put(receiver, secret);
        byte[] plain = packet.plain(session, roster.digest(), own, receiver);
        byte[] sealed = ShareCipher.seal(keys.shareKey(secret, own, receiver), plain, random);
        Arrays.fill(plain, (byte) 0);
        packet.forget();
        return sealed;
    }

    private void receive(SharesFor shares) {
        if (!shares.sharers().contains(own)) {
            throw new SecAggAbort(
                    AbortReason.INCONSISTENT_SURVIVORS, "The server says that this client shared no keys.");
        }
        requireEnough(shares.sharers());
        for (SharesFor.Packet packet : shares.packets()) {
            held.put(packet.sender(), open(packet));
        }
        sharers = shares.sharers();
    }

    private SharePacket open(SharesFor.Packet packet) {
        int sender = packet.sender();
        SharePacket opened = ShareCipher.open(keys.shareKey(shareSecrets.get(sender), sender, own), packet.sealed())
                .flatMap(plain -> SharePacket.parse(plain, session, roster.digest(), sender, own))
                .orElseThrow(() -> badShare(sender, "cannot be opened, or was made for somebody else"));
        for (ShareKind kind : ShareKind.values()) {
            byte[] commitment = keys.shareCommitment(kind, opened.share(kind), sender, own);
            if (!MessageDigest.isEqual(commitment, packet.commitment(kind))) {
                throw badShare(sender, "is not what it committed to");
            }
        }
        return opened;
    }

    private SecAggAbort badShare(int sender, String what) {
        PartyId party = roster.party(sender);
        return new SecAggAbort(AbortReason.BAD_SHARE, party, "The share from client " + party + " " + what + ".");
    }

    private List<MaskSeed> masks() {
        List<MaskSeed> masks = new ArrayList<>();
        for (int peer : roster.neighbours(own)) {
            if (sharers.contains(peer)) {
                masks.add(keys.pairMask(secrets.agreeOnMask(roster.entry(peer)), own, peer));
            }
        }
        if (parameters.mode() == Mode.DOUBLEMASK) {
            masks.add(keys.selfMask(secrets.selfMask(), own));
        }
        return masks;
    }

    private Members acceptable(Members listed) {
        if (!listed.contains(own)) {
            throw new SecAggAbort(
                    AbortReason.INCONSISTENT_SURVIVORS,
                    "The server lists this client as dropped out and asks it all the same.");
        }
        requireEnough(listed);
        return listed;
    }

    private void requireEnough(Members members) {
        if (members.size() < quorum()) {
            throw new SecAggAbort(
                    AbortReason.BELOW_THRESHOLD,
                    members.size() + " clients are left; at least " + quorum() + " are needed.");
        }
        int holders = members.count(roster.holders(own));
        if (holders < parameters.cohort().threshold()) {
            throw new SecAggAbort(
                    AbortReason.BELOW_THRESHOLD,
                    holders + " clients that keep this client's shares are left; at least "
                            + parameters.cohort().threshold() + " are needed.");
        }
    }

    private int quorum() {
        return Math.max(parameters.quorum(roster.size()), policy.minSurvivors());
    }

    private void refuseSecondList(byte[] survivorsMessage) {
        byte[] signed = ConsistencyRound.survivors(session, roster.digest(), sharers, survivors);
        if (!Arrays.equals(signed, survivorsMessage)) {
            end(Stage.ABORTED);
            throw new SecAggAbort(
                    AbortReason.INCONSISTENT_SURVIVORS,
                    "The server shows a second list of survivors that differs from the first.");
        }
    }

    private void verify(Map<Integer, byte[]> signatures) {
        byte[] signed = Signatures.consistency(session, roster.digest(), sharers, survivors);
        signatures.forEach((place, signature) -> {
            PartyId party = roster.party(place);
            if (!survivors.contains(place) || !check.verifies(party.identityKey(), signed, signature)) {
                throw new SecAggAbort(
                        AbortReason.BAD_CONSISTENCY_SIGNATURE,
                        party,
                        "Client " + party + " did not sign the list of survivors that this client was shown.");
            }
        });
        if (signatures.size() < quorum()) {
            throw new SecAggAbort(
                    AbortReason.BAD_CONSISTENCY_SIGNATURE,
                    signatures.size() + " survivors signed this list; at least " + quorum() + " are needed.");
        }
    }

    private void enter(Stage expected) {
        if (stage != expected) {
            Stage found = stage;
            end(Stage.ABORTED);
            throw new SecAggAbort(
                    AbortReason.ILLEGAL_STEP,
                    "The step " + expected + " is not due: the session stands at " + found + ".");
        }
    }

    private byte[] guarded(Supplier<byte[]> step) {
        boolean done = false;
        try {
            byte[] answer = step.get();
            done = true;
            return answer;
        } finally {
            if (!done) {
                end(Stage.ABORTED);
            }
        }
    }

    private void end(Stage last) {
        stage = last;
        if (last == Stage.DONE || last == Stage.ABORTED) {
            secrets.forget();
            shareSecrets.values().forEach(secret -> Arrays.fill(secret, (byte) 0));
            shareSecrets.clear();
            held.values().forEach(SharePacket::forget);
            held.clear();
        }
    }
}
