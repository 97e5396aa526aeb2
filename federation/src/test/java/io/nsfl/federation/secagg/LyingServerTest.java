package io.nsfl.federation.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a server may try, and what a client answers. */
class LyingServerTest {
    private static final int CLIENTS = 5;
    private static final SecAggParameters PARAMETERS = Rehearsal.complete(CLIENTS, 4, 3, 16);
    private static final byte[] SESSION = PARAMETERS.digest();

    private final Rehearsal rehearsal = new Rehearsal(PARAMETERS, 1);
    private final PartyId victim = rehearsal.parties.get(2);
    private final ClientSession client = rehearsal.clients.get(victim);

    @Test
    void cannotShowTwoListsOfSurvivorsToOneClient() {
        untilConsistency();
        client.consistency(rehearsal.server.messageFor(victim));
        assertAborts(AbortReason.INCONSISTENT_SURVIVORS, () -> client.consistency(survivorsWithout(other(0))));
        assertThat(client.stage()).isEqualTo(Stage.ABORTED);
        assertThat(client.spent()).isFalse();
    }

    @Test
    void cannotShowDifferentListsToDifferentClients() {
        untilConsistency();
        TreeMap<Integer, byte[]> signatures = new TreeMap<>();
        Members liarsList = all();
        liarsList = without(liarsList, place(other(0)));
        byte[] toVictim = survivors(liarsList);
        for (PartyId party : rehearsal.parties) {
            byte[] message = party.equals(victim) ? toVictim : rehearsal.server.messageFor(party);
            byte[] signature = rehearsal.clients.get(party).consistency(message);
            signatures.put(place(party), ConsistencyRound.parseSignature(signature, SESSION));
        }
        assertAborts(
                AbortReason.BAD_CONSISTENCY_SIGNATURE,
                () -> client.unmask(ConsistencyRound.signatures(SESSION, signatures, CLIENTS)));
        assertThat(client.spent()).isFalse();
    }

    @Test
    void cannotGetSharesWithFewerSignaturesThanTheQuorum() {
        untilConsistency();
        byte[] own = ConsistencyRound.parseSignature(client.consistency(rehearsal.server.messageFor(victim)), SESSION);
        TreeMap<Integer, byte[]> signatures = new TreeMap<>(Map.of(place(victim), own));
        assertAborts(
                AbortReason.BAD_CONSISTENCY_SIGNATURE,
                () -> client.unmask(ConsistencyRound.signatures(SESSION, signatures, CLIENTS)));
    }

    @Test
    void cannotCountOneSignatureTwice() {
        untilConsistency();
        byte[] own = ConsistencyRound.parseSignature(client.consistency(rehearsal.server.messageFor(victim)), SESSION);
        WireWriter twice = new WireWriter(MessageKind.SIGNATURES, SESSION, 0).u16(4);
        for (int i = 0; i < 4; i++) {
            twice.u16(place(victim)).raw(own);
        }
        assertAborts(AbortReason.MALFORMED, () -> client.unmask(twice.bytes()));
    }

    /** One bit says whether a client survived: it cannot be said to be both, and one answer releases one share of each. */
    @Test
    void cannotAskForBothSharesOfAClient() {
        untilConsistency();
        rehearsal.consistency();
        byte[] message = rehearsal.server.messageFor(victim);
        byte[] released = client.unmask(message);
        assertThat(released).hasSize(WireWriter.HEADER + CLIENTS * 36);
        assertThat(client.spent()).isTrue();
        assertAborts(AbortReason.ILLEGAL_STEP, () -> client.unmask(message));
        assertAborts(AbortReason.ILLEGAL_STEP, () -> client.consistency(survivorsWithout(other(0))));
    }

    @Test
    void cannotListAClientAsDroppedOutAndAskIt() {
        untilConsistency();
        assertAborts(AbortReason.INCONSISTENT_SURVIVORS, () -> client.consistency(survivorsWithout(victim)));
    }

    @Test
    void cannotListASurvivorThatSharedNoKeys() {
        rehearsal.silentFrom(other(0), Stage.SHARE);
        untilConsistency();
        Members sharers = without(all(), place(other(0)));
        byte[] message = ConsistencyRound.survivors(SESSION, roster().digest(), sharers, all());
        assertAborts(AbortReason.INCONSISTENT_SURVIVORS, () -> client.consistency(message));
    }

    @Test
    void cannotChangeWhoSharedKeys() {
        untilConsistency();
        Members fewer = without(all(), place(other(0)));
        byte[] message = ConsistencyRound.survivors(SESSION, roster().digest(), fewer, fewer);
        assertAborts(AbortReason.INCONSISTENT_SURVIVORS, () -> client.consistency(message));
    }

    @Test
    void cannotGoOnWithFewerSurvivorsThanTheThreshold() {
        untilConsistency();
        Members three = without(without(all(), place(other(0))), place(other(1)));
        assertAborts(AbortReason.BELOW_THRESHOLD, () -> client.consistency(survivors(three)));
    }

    @Test
    void cannotGoOnWithFewerSurvivorsThanTheClientInsistsOn() {
        ClientSession strict = new ClientSession(
                PARAMETERS,
                new ClientPolicy(5, PeerTrust.SERVER),
                TestParty.quick(2),
                TestParty.seeded("client", 1002),
                TestParty.QUICK);
        rehearsal.clients.put(victim, strict);
        untilConsistency();
        assertAborts(AbortReason.BELOW_THRESHOLD, () -> strict.consistency(survivorsWithout(other(0))));
    }

    @Test
    void cannotReplayKeysOfAnEarlierAttempt() {
        SessionBinding earlier = new SessionBinding(
                "default", "mnist", "run-1", 3, 0, SessionGroup.ONLY, Rehearsal.MODEL, Rehearsal.PLAN);
        byte[] old = Rehearsal.client(with(earlier), TestParty.quick(0), 77).advertise();
        rehearsal.advertise();
        byte[] roster = rosterWith(other(0), old);
        assertAborts(AbortReason.OTHER_SESSION, () -> client.shareKeys(roster));
    }

    /** The session's id is covered by the signature: to write another one over it does not help. */
    @Test
    void cannotMakeReplayedKeysLookNew() {
        SessionBinding earlier = new SessionBinding(
                "default", "mnist", "run-1", 3, 0, SessionGroup.ONLY, Rehearsal.MODEL, Rehearsal.PLAN);
        byte[] old = Rehearsal.client(with(earlier), TestParty.quick(0), 77).advertise();
        System.arraycopy(SESSION, 0, old, 2, SESSION.length);
        rehearsal.advertise();
        byte[] roster = rosterWith(other(0), old);
        assertBlames(other(0), AbortReason.BAD_PEER_SIGNATURE, () -> client.shareKeys(roster));
    }

    @Test
    void cannotGiveOneClientAnotherModel() {
        SessionBinding poisoned = new SessionBinding(
                "default", "mnist", "run-1", 3, 1, SessionGroup.ONLY, "c".repeat(64), Rehearsal.PLAN);
        ClientSession misled = Rehearsal.client(with(poisoned), TestParty.quick(2), 5);
        byte[] keys = misled.advertise();
        assertAborts(AbortReason.OTHER_SESSION, () -> rehearsal.server.advertised(victim, keys));
        // Nor by a server that rewrites the session's id for the one, and back for the others.
        rehearsal.advertise();
        byte[] forMisled = rehearsal.server.messageFor(victim).clone();
        System.arraycopy(with(poisoned).digest(), 0, forMisled, 2, SESSION.length);
        assertAborts(AbortReason.OTHER_SESSION, () -> misled.shareKeys(forMisled));
    }

    /** Even a client that checked nothing would derive other masks: they do not cancel. */
    @Test
    void getsNothingOutOfMasksForAnotherModel() {
        byte[] secret = new byte[32];
        byte[] roster = new byte[32];
        byte[] other = with(new SessionBinding(
                        "default", "mnist", "run-1", 3, 1, SessionGroup.ONLY, "c".repeat(64), Rehearsal.PLAN))
                .digest();
        assertThat(new SessionKeys(SESSION, roster).pairMask(secret, 0, 1).key())
                .isNotEqualTo(
                        new SessionKeys(other, roster).pairMask(secret, 0, 1).key());
    }

    @Test
    void cannotReplaceAClientsOwnKeys() {
        rehearsal.advertise();
        byte[] replaced = Rehearsal.client(PARAMETERS, TestParty.quick(2), 99).advertise();
        assertAborts(AbortReason.OWN_KEYS_ALTERED, () -> client.shareKeys(rosterWith(victim, replaced)));
    }

    @Test
    void cannotLeaveAClientOutOfItsRoster() {
        rehearsal.advertise();
        List<Advertisement> others = new ArrayList<>(entries());
        others.removeIf(entry -> entry.party().equals(victim));
        byte[] roster = Roster.of(others, SESSION, CLIENTS - 1).encoded();
        assertAborts(AbortReason.OWN_KEYS_ALTERED, () -> client.shareKeys(roster));
    }

    @Test
    void cannotListAClientTwice() {
        rehearsal.advertise();
        List<Advertisement> twice = new ArrayList<>(entries());
        twice.set(0, twice.get(1));
        byte[] roster = Roster.of(twice, SESSION, CLIENTS - 1).encoded();
        assertAborts(AbortReason.DUPLICATE_KEY, () -> client.shareKeys(roster));
    }

    @Test
    void cannotForgeAPeersKeys() {
        rehearsal.advertise();
        byte[] forged = entries().get(place(other(0))).encoded().clone();
        forged[WireWriter.HEADER + 32] ^= 1;
        assertBlames(other(0), AbortReason.BAD_PEER_SIGNATURE, () -> client.shareKeys(rosterWith(other(0), forged)));
    }

    @Test
    void cannotInventClientsWhereAnAuthorityVouchesForThem() {
        PeerTrust trust = new PeerTrust() {
            @Override
            public boolean vouched(byte[] identityKey, byte[] certificate) {
                return !PartyId.of(identityKey).equals(other(0));
            }

            @Override
            public ThreatModel threatModel() {
                return ThreatModel.ACTIVE;
            }
        };
        ClientSession careful = new ClientSession(
                PARAMETERS,
                new ClientPolicy(2, trust),
                TestParty.quick(2),
                TestParty.seeded("careful", 0),
                TestParty.QUICK);
        rehearsal.clients.put(victim, careful);
        rehearsal.advertise();
        assertBlames(
                other(0), AbortReason.UNTRUSTED_PEER, () -> careful.shareKeys(rehearsal.server.messageFor(victim)));
    }

    @Test
    void cannotSendOneClientsSharesToAnother() {
        rehearsal.advertise();
        Map<PartyId, byte[]> dealt = deal();
        PartyId from = other(0);
        SharesFrom shares = SharesFrom.parse(dealt.get(from), SESSION, roster(), place(from));
        SharesFor forVictim = SharesFor.parse(
                rehearsal.server.messageFor(victim), SESSION, roster(), roster().neighbours(place(victim)));
        SharesFor.Packet wrong = shares.packetFor(place(other(1)), place(from));
        List<SharesFor.Packet> packets = new ArrayList<>(forVictim.packets());
        packets.replaceAll(packet -> packet.sender() == wrong.sender() ? wrong : packet);
        byte[] message = new SharesFor(forVictim.sharers(), packets).encode(SESSION, roster().digest());
        assertBlames(from, AbortReason.BAD_SHARE, () -> Rehearsal.masked(client, message, new int[3]));
    }

    @Test
    void cannotShowClientsDifferentRosters() {
        rehearsal.advertise();
        List<Advertisement> fewer = new ArrayList<>(entries());
        fewer.removeIf(entry -> entry.party().equals(other(0)));
        Roster shown = Roster.of(fewer, SESSION, CLIENTS - 1);
        byte[] dealt = client.shareKeys(shown.encoded());
        assertAborts(AbortReason.MALFORMED, () -> rehearsal.server.shared(victim, dealt));
        assertThat(shown.digest()).isNotEqualTo(roster().digest());
    }

    /** A masked vector is accepted once: a late one, whose mask may have been taken away, is not. */
    @Test
    void takesNoVectorOnceMasksAreBeingRemoved() {
        untilMask();
        PartyId late = other(0);
        MemorySegment vector = rehearsal.masked(rehearsal.clients.get(late), rehearsal.server.messageFor(late), late);
        rehearsal.silentFrom(late, Stage.MASK);
        rehearsal.mask();
        assertAborts(AbortReason.ILLEGAL_STEP, () -> rehearsal.server.masked(late, vector));
    }

    private void untilMask() {
        rehearsal.advertise();
        rehearsal.share();
    }

    private void untilConsistency() {
        untilMask();
        rehearsal.mask();
    }

    private Map<PartyId, byte[]> deal() {
        Map<PartyId, byte[]> dealt = new TreeMap<>();
        rehearsal.answer(Stage.SHARE, (party, session) -> {
            byte[] message = session.shareKeys(rehearsal.server.messageFor(party));
            dealt.put(party, message);
            rehearsal.server.shared(party, message);
        });
        return dealt;
    }

    private PartyId other(int number) {
        return rehearsal.parties.get(number);
    }

    private byte[] rosterWith(PartyId party, byte[] advertisement) {
        WireWriter out = new WireWriter(MessageKind.ROSTER, SESSION, 0).u16(CLIENTS);
        for (Advertisement entry : entries()) {
            byte[] bytes = entry.party().equals(party) ? advertisement : entry.encoded();
            out.u16(bytes.length).raw(bytes);
        }
        return out.bytes();
    }

    private List<Advertisement> entries() {
        List<Advertisement> entries = new ArrayList<>();
        for (int place = 0; place < roster().size(); place++) {
            entries.add(roster().entry(place));
        }
        return entries;
    }

    private Roster roster() {
        return Roster.parse(rehearsal.roster, PARAMETERS, SESSION);
    }

    private int place(PartyId party) {
        return roster().place(party);
    }

    private static Members all() {
        return Members.all(CLIENTS);
    }

    private static Members without(Members members, int place) {
        Members fewer = Members.none(CLIENTS);
        Arrays.stream(members.places()).filter(member -> member != place).forEach(fewer::add);
        return fewer;
    }

    private byte[] survivorsWithout(PartyId party) {
        return survivors(without(all(), place(party)));
    }

    private byte[] survivors(Members survivors) {
        return ConsistencyRound.survivors(SESSION, roster().digest(), all(), survivors);
    }

    private static SecAggParameters with(SessionBinding session) {
        return new SecAggParameters(session, PARAMETERS.mode(), PARAMETERS.cohort(), PARAMETERS.vector());
    }

    private static void assertAborts(AbortReason reason, ThrowingCallable step) {
        assertThatThrownBy(step)
                .isInstanceOfSatisfying(
                        SecAggAbort.class, abort -> assertThat(abort.reason()).isEqualTo(reason));
    }

    private static void assertBlames(PartyId party, AbortReason reason, ThrowingCallable step) {
        assertThatThrownBy(step).isInstanceOfSatisfying(SecAggAbort.class, abort -> {
            assertThat(abort.reason()).isEqualTo(reason);
            assertThat(abort.party()).hasValue(party);
        });
    }
}
