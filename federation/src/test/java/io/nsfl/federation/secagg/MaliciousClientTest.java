package io.nsfl.federation.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A client that cheats can spoil a session; it is named, and where the others' shares are enough the sum stays exact. */
class MaliciousClientTest {
    private static final SecAggParameters PARAMETERS = Rehearsal.complete(5, 4, 3, 16);

    private final Rehearsal rehearsal = new Rehearsal(PARAMETERS, 2);
    private final PartyId cheat = rehearsal.parties.get(1);

    @Test
    void isNamedForSharesThatItWasNotGivenAndTheSumStaysExact() {
        rehearsal.advertise();
        rehearsal.share();
        rehearsal.mask();
        rehearsal.consistency();
        rehearsal.answer(Stage.UNMASK, (party, client) -> {
            byte[] release = client.unmask(rehearsal.server.messageFor(party));
            if (party.equals(cheat)) {
                for (int at = WireWriter.HEADER; at < release.length; at += 36) {
                    release[at + 35] ^= 1;
                }
            }
            rehearsal.server.unmasked(party, release);
        });
        SecAggResult result = rehearsal.server.finish();
        assertThat(result.accusations()).singleElement().satisfies(accusation -> {
            assertThat(accusation.party()).isEqualTo(cheat);
            assertThat(accusation.reason()).isEqualTo(AbortReason.BAD_SHARE);
        });
        assertThat(Rehearsal.sums(result)).isEqualTo(rehearsal.expected(result.survivors()));
    }

    @Test
    void isNamedByWhoeverGetsASharePacketThatIsNotAsCommitted() {
        rehearsal.advertise();
        rehearsal.answer(Stage.SHARE, (party, client) -> {
            byte[] dealt = client.shareKeys(rehearsal.server.messageFor(party));
            if (party.equals(cheat)) {
                // Its commitments to the first holder's shares.
                dealt[WireWriter.HEADER + 64] ^= 1;
                dealt[WireWriter.HEADER + 64 + 32] ^= 1;
            }
            rehearsal.server.shared(party, dealt);
        });
        PartyId first = rehearsal.server.expected().iterator().next();
        assertThatThrownBy(
                        () -> rehearsal.masked(rehearsal.clients.get(first), rehearsal.server.messageFor(first), first))
                .isInstanceOfSatisfying(SecAggAbort.class, abort -> {
                    assertThat(abort.reason()).isEqualTo(AbortReason.BAD_SHARE);
                    assertThat(abort.party()).hasValue(cheat);
                });
    }

    @Test
    void isNamedForSharesOfAnotherSecretThanItCommittedTo() {
        rehearsal.advertise();
        rehearsal.answer(Stage.SHARE, (party, client) -> {
            byte[] dealt = client.shareKeys(rehearsal.server.messageFor(party));
            if (party.equals(cheat)) {
                dealt[WireWriter.HEADER + 32] ^= 1;
            }
            rehearsal.server.shared(party, dealt);
        });
        rehearsal.mask();
        rehearsal.consistency();
        rehearsal.unmask();
        assertThatThrownBy(rehearsal.server::finish).isInstanceOfSatisfying(SecAggAbort.class, abort -> {
            assertThat(abort.reason()).isEqualTo(AbortReason.BAD_DEALER);
            assertThat(abort.party()).hasValue(cheat);
        });
        assertThat(rehearsal.server.stage()).isEqualTo(Stage.ABORTED);
    }

    @Test
    void cannotAnswerForAnother() {
        byte[] keys = rehearsal.clients.get(cheat).advertise();
        PartyId other = rehearsal.parties.get(0);
        assertThatThrownBy(() -> rehearsal.server.advertised(other, keys))
                .isInstanceOfSatisfying(
                        SecAggAbort.class,
                        abort -> assertThat(abort.reason()).isEqualTo(AbortReason.BAD_PEER_SIGNATURE));
    }

    @Test
    void cannotAnswerTwiceDifferently() {
        ClientSession client = rehearsal.clients.get(cheat);
        byte[] keys = client.advertise();
        rehearsal.server.advertised(cheat, keys);
        rehearsal.server.advertised(cheat, keys);
        byte[] others = Rehearsal.client(PARAMETERS, TestParty.quick(1), 4242).advertise();
        assertThatThrownBy(() -> rehearsal.server.advertised(cheat, others))
                .isInstanceOfSatisfying(
                        SecAggAbort.class,
                        abort -> assertThat(abort.reason()).isEqualTo(AbortReason.CONFLICTING_REPEAT));
    }

    @Test
    void cannotComeUninvited() {
        PartyKey stranger = TestParty.quick(77);
        byte[] keys = Rehearsal.client(PARAMETERS, stranger, 1).advertise();
        assertThatThrownBy(() -> rehearsal.server.advertised(PartyId.of(stranger.identityKey()), keys))
                .isInstanceOfSatisfying(
                        SecAggAbort.class, abort -> assertThat(abort.reason()).isEqualTo(AbortReason.NOT_EXPECTED));
    }

    /** Whatever bytes arrive, they are refused as such or taken as they are; nothing else is thrown and nothing is changed. */
    @Test
    void cannotHarmTheServerWithAnyBytes() {
        Map<PartyId, byte[]> keys = new TreeMap<>();
        rehearsal.clients.forEach((party, client) -> keys.put(party, client.advertise()));
        assertRefusesDamage(keys.get(cheat), damaged -> rehearsal.server.advertised(cheat, damaged));
        keys.forEach(rehearsal.server::advertised);
        rehearsal.server.closeStage();
        Map<PartyId, byte[]> shares = new TreeMap<>();
        rehearsal.clients.forEach(
                (party, client) -> shares.put(party, client.shareKeys(rehearsal.server.messageFor(party))));
        assertRefusesTruncation(shares.get(cheat), damaged -> rehearsal.server.shared(cheat, damaged));
        shares.forEach(rehearsal.server::shared);
        rehearsal.server.closeStage();
        rehearsal.mask();
        Map<PartyId, byte[]> signatures = new TreeMap<>();
        rehearsal.clients.forEach(
                (party, client) -> signatures.put(party, client.consistency(rehearsal.server.messageFor(party))));
        assertRefusesDamage(signatures.get(cheat), damaged -> rehearsal.server.signed(cheat, damaged));
        signatures.forEach(rehearsal.server::signed);
        rehearsal.server.closeStage();
        Map<PartyId, byte[]> releases = new TreeMap<>();
        rehearsal.clients.forEach(
                (party, client) -> releases.put(party, client.unmask(rehearsal.server.messageFor(party))));
        assertRefusesTruncation(releases.get(cheat), damaged -> rehearsal.server.unmasked(cheat, damaged));
        releases.forEach(rehearsal.server::unmasked);
        rehearsal.server.closeStage();
        SecAggResult result = rehearsal.server.finish();
        assertThat(Rehearsal.sums(result)).isEqualTo(rehearsal.expected(result.survivors()));
    }

    private interface Taking {
        void take(byte[] message);
    }

    private static void assertRefusesDamage(byte[] message, Taking server) {
        assertRefusesTruncation(message, server);
        for (int at = 0; at < message.length; at++) {
            byte[] damaged = message.clone();
            damaged[at] ^= 4;
            assertThatThrownBy(() -> server.take(damaged)).isInstanceOf(SecAggAbort.class);
        }
    }

    private static void assertRefusesTruncation(byte[] message, Taking server) {
        for (int length = 0; length <= message.length + 1; length++) {
            if (length != message.length) {
                byte[] damaged = Arrays.copyOf(message, length);
                assertThatThrownBy(() -> server.take(damaged)).isInstanceOf(SecAggAbort.class);
            }
        }
    }
}
