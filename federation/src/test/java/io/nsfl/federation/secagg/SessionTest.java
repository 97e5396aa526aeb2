package io.nsfl.federation.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SessionTest {
    @Test
    void sumsUnderOneMaskOfAll() {
        try (Rehearsal rehearsal = new Rehearsal(oneMask(4), 1)) {
            SecAggResult result = rehearsal.run();
            assertThat(Rehearsal.sums(result)).isEqualTo(rehearsal.expected(new HashSet<>(rehearsal.parties)));
            assertThat(rehearsal.clients.values()).allMatch(client -> client.stage() == Stage.DONE && !client.spent());
        }
    }

    @Test
    void endsUnderOneMaskIfAnybodyDropsOut() {
        Rehearsal rehearsal = new Rehearsal(oneMask(4), 1);
        rehearsal.silentFrom(rehearsal.parties.get(0), Stage.MASK);
        rehearsal.advertise();
        assertAborts(AbortReason.BELOW_THRESHOLD, rehearsal::mask);
        assertThat(rehearsal.server.stage()).isEqualTo(Stage.ABORTED);
    }

    @Test
    void endsInEveryStageWithFewerClientsThanTheThreshold() {
        for (Stage stage : new Stage[] {Stage.ADVERTISE, Stage.SHARE, Stage.MASK, Stage.CONSISTENCY, Stage.UNMASK}) {
            Rehearsal rehearsal = new Rehearsal(Rehearsal.complete(5, 4, 3, 16), 3);
            rehearsal.silentFrom(rehearsal.parties.get(0), stage).silentFrom(rehearsal.parties.get(1), stage);
            assertAborts(AbortReason.BELOW_THRESHOLD, rehearsal::run);
            assertThat(rehearsal.server.stage()).isEqualTo(Stage.ABORTED);
            assertThat(rehearsal.server.expected()).isEmpty();
        }
    }

    @Test
    void saysWhoIsMissingAndWhetherAStageMayClose() {
        Rehearsal rehearsal = new Rehearsal(Rehearsal.complete(3, 2, 3, 16), 3);
        PartyId first = rehearsal.parties.get(0);
        assertThat(rehearsal.server.expected()).isEqualTo(Set.copyOf(rehearsal.parties));
        rehearsal.server.advertised(first, rehearsal.clients.get(first).advertise());
        assertThat(rehearsal.server.answered()).containsExactly(first);
        assertThat(rehearsal.server.shortfall()).isPresent();
        PartyId second = rehearsal.parties.get(1);
        rehearsal.server.advertised(second, rehearsal.clients.get(second).advertise());
        assertThat(rehearsal.server.shortfall()).isEmpty();
        assertThat(rehearsal.server.complete()).isFalse();
        PartyId third = rehearsal.parties.get(2);
        rehearsal.server.advertised(third, rehearsal.clients.get(third).advertise());
        assertThat(rehearsal.server.complete()).isTrue();
    }

    @Test
    void sumsOverASparseGraph() {
        SecAggParameters parameters = new SecAggParameters(
                Rehearsal.session(), Mode.DOUBLEMASK, new Cohort(50, 11, 26, 16), new VectorShape(70, 26));
        for (int seed = 0; seed < 2; seed++) {
            try (Rehearsal rehearsal = new Rehearsal(parameters, seed)) {
                rehearsal.silentFrom(rehearsal.parties.get(3), Stage.ADVERTISE);
                rehearsal.silentFrom(rehearsal.parties.get(11), Stage.SHARE);
                rehearsal.silentFrom(rehearsal.parties.get(12), Stage.MASK);
                rehearsal.silentFrom(rehearsal.parties.get(20), Stage.MASK);
                rehearsal.silentFrom(rehearsal.parties.get(33), Stage.CONSISTENCY);
                rehearsal.silentFrom(rehearsal.parties.get(34), Stage.UNMASK);
                SecAggResult result = rehearsal.run();
                assertThat(result.survivors()).hasSize(46);
                assertThat(result.dropped()).hasSize(3);
                assertThat(Rehearsal.sums(result)).isEqualTo(rehearsal.expected(result.survivors()));
            }
        }
    }

    /** More than a hundred clients, a tenth of which drop out wherever they are in the ring. */
    @Test
    void sumsOverTheGraphThatALargeCohortGets() {
        Cohort cohort = Cohort.of(120, 80, 80, 0.1);
        assertThat(cohort.complete()).isFalse();
        SecAggParameters parameters =
                new SecAggParameters(Rehearsal.session(), Mode.DOUBLEMASK, cohort, new VectorShape(11, 25));
        try (Rehearsal rehearsal = new Rehearsal(parameters, 9)) {
            for (int dropped = 0; dropped < 120; dropped += 10) {
                rehearsal.silentFrom(rehearsal.parties.get(dropped), Stage.MASK);
            }
            SecAggResult result = rehearsal.run();
            assertThat(result.survivors()).hasSize(108);
            assertThat(Rehearsal.sums(result)).isEqualTo(rehearsal.expected(result.survivors()));
        }
    }

    @Test
    void worksWithRealSignatures() {
        SecAggParameters parameters = Rehearsal.complete(3, 2, 4, 16);
        Set<PartyId> invited = new TreeSet<>();
        ClientSession[] clients = new ClientSession[3];
        PartyId[] parties = new PartyId[3];
        for (int i = 0; i < 3; i++) {
            PartyKey key = TestParty.real(i);
            parties[i] = PartyId.of(key.identityKey());
            invited.add(parties[i]);
            clients[i] = new ClientSession(
                    parameters, new ClientPolicy(2, PeerTrust.SERVER), key, TestParty.seeded("client", i));
        }
        try (ServerSession server = new ServerSession(parameters, invited)) {
            for (int i = 0; i < 3; i++) {
                server.advertised(parties[i], clients[i].advertise());
            }
            server.closeStage();
            for (int i = 0; i < 3; i++) {
                server.shared(parties[i], clients[i].shareKeys(server.messageFor(parties[i])));
            }
            server.closeStage();
            for (int i = 0; i < 2; i++) {
                server.masked(
                        parties[i],
                        Rehearsal.masked(clients[i], server.messageFor(parties[i]), new int[] {i, 1, 2, 65535}));
            }
            server.closeStage();
            for (int i = 0; i < 2; i++) {
                server.signed(parties[i], clients[i].consistency(server.messageFor(parties[i])));
            }
            server.closeStage();
            for (int i = 0; i < 2; i++) {
                server.unmasked(parties[i], clients[i].unmask(server.messageFor(parties[i])));
            }
            server.closeStage();
            assertThat(Rehearsal.sums(server.finish())).containsExactly(1, 2, 4, 131070);
        }
    }

    @Test
    void refusesAValueWithTooManyBits() {
        Rehearsal rehearsal = new Rehearsal(Rehearsal.complete(3, 2, 2, 16), 1);
        PartyId party = rehearsal.parties.get(0);
        rehearsal.values.put(party, new int[] {1, 65536});
        rehearsal.advertise();
        rehearsal.share();
        assertAborts(AbortReason.VALUE_OUT_OF_RANGE, rehearsal::mask);
        assertThat(rehearsal.clients.get(party).stage()).isEqualTo(Stage.ABORTED);
    }

    @Test
    void takesEachStepOnceAndInOrder() {
        Rehearsal rehearsal = new Rehearsal(Rehearsal.complete(3, 2, 2, 16), 1);
        ClientSession client = rehearsal.clients.get(rehearsal.parties.get(0));
        client.advertise();
        assertAborts(AbortReason.ILLEGAL_STEP, client::advertise);
        assertAborts(AbortReason.ILLEGAL_STEP, () -> client.shareKeys(new byte[0]));
        assertAborts(AbortReason.ILLEGAL_STEP, () -> client.consistency(new byte[0]));
        assertAborts(AbortReason.ILLEGAL_STEP, () -> client.unmask(new byte[0]));
        assertThat(client.stage()).isEqualTo(Stage.ABORTED);
    }

    @Test
    void refusesAVectorOfAnotherLengthAndASecondOne() {
        Rehearsal rehearsal = new Rehearsal(Rehearsal.complete(3, 2, 2, 16), 1);
        rehearsal.advertise();
        rehearsal.share();
        PartyId party = rehearsal.parties.get(0);
        MemorySegment vector =
                rehearsal.masked(rehearsal.clients.get(party), rehearsal.server.messageFor(party), party);
        assertAborts(AbortReason.MALFORMED, () -> rehearsal.server.masked(party, vector.asSlice(1)));
        rehearsal.server.masked(party, vector);
        assertAborts(AbortReason.CONFLICTING_REPEAT, () -> rehearsal.server.masked(party, vector));
        assertThat(rehearsal.server.answered()).containsExactly(party);
    }

    @Test
    void refusesParametersThatProtectNobody() {
        assertAborts(AbortReason.UNSOUND_PARAMETERS, () -> Cohort.complete(1, 1, 1));
        assertAborts(AbortReason.UNSOUND_PARAMETERS, () -> Cohort.complete(10, 5, 2));
        assertAborts(AbortReason.UNSOUND_PARAMETERS, () -> Cohort.complete(10, 11, 2));
        assertAborts(AbortReason.UNSOUND_PARAMETERS, () -> Cohort.complete(10, 6, 1));
        assertAborts(AbortReason.UNSOUND_PARAMETERS, () -> new Cohort(100, 21, 2, 32));
        assertAborts(AbortReason.UNSOUND_PARAMETERS, () -> new Cohort(100, 22, 2, 33));
        // A server that gives every client two neighbours may own them.
        assertAborts(AbortReason.UNSOUND_PARAMETERS, () -> new Cohort(1000, 2, 2, 2));
        assertAborts(AbortReason.UNSOUND_PARAMETERS, () -> new Cohort(1000, 51, 2, 96));
        assertAborts(AbortReason.UNSOUND_PARAMETERS, () -> new VectorShape(0, 16));
        assertAborts(AbortReason.UNSOUND_PARAMETERS, () -> new VectorShape(1, 15));
        assertAborts(AbortReason.UNSOUND_PARAMETERS, () -> Rehearsal.complete(10, 6, 5, 29));
        assertAborts(
                AbortReason.UNSOUND_PARAMETERS,
                () -> new SecAggParameters(
                        Rehearsal.session(), Mode.ONEMASK, new Cohort(100, 22, 2, 32), new VectorShape(1, 16)));
        assertThatThrownBy(() -> new ClientPolicy(1, PeerTrust.SERVER)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void masksWithEverybodyUntilThereAreTooMany() {
        assertThat(Cohort.of(2, 2, 2, 0)).isEqualTo(Cohort.complete(2, 2, 2));
        assertThat(Cohort.of(100, 50, 60, 0.4)).isEqualTo(Cohort.complete(100, 51, 60));
        assertThat(Cohort.of(500, 400, 300, 0.1)).isEqualTo(new Cohort(500, 57, 300, 82));
        assertThat(Cohort.of(1000, 2, 900, 0)).isEqualTo(new Cohort(1000, 67, 900, 96));
        // Nothing sparse bears that half drop out.
        assertThat(Cohort.of(150, 2, 2, 0.5).complete()).isTrue();
    }

    @Test
    void hasAnotherIdForEveryOtherWork() {
        SessionBinding session = Rehearsal.session();
        Set<String> ids = new HashSet<>();
        for (SessionBinding other : new SessionBinding[] {
            session,
            new SessionBinding("other", "mnist", "run-1", 3, 1, SessionGroup.ONLY, Rehearsal.MODEL, Rehearsal.PLAN),
            new SessionBinding("default", "other", "run-1", 3, 1, SessionGroup.ONLY, Rehearsal.MODEL, Rehearsal.PLAN),
            new SessionBinding("default", "mnist", "run-2", 3, 1, SessionGroup.ONLY, Rehearsal.MODEL, Rehearsal.PLAN),
            new SessionBinding("default", "mnist", "run-1", 4, 1, SessionGroup.ONLY, Rehearsal.MODEL, Rehearsal.PLAN),
            new SessionBinding("default", "mnist", "run-1", 3, 2, SessionGroup.ONLY, Rehearsal.MODEL, Rehearsal.PLAN),
            new SessionBinding(
                    "default", "mnist", "run-1", 3, 1, new SessionGroup(1, 2), Rehearsal.MODEL, Rehearsal.PLAN),
            new SessionBinding(
                    "default", "mnist", "run-1", 3, 1, new SessionGroup(0, 2), Rehearsal.MODEL, Rehearsal.PLAN),
            new SessionBinding("default", "mnist", "run-1", 3, 1, SessionGroup.ONLY, Rehearsal.PLAN, Rehearsal.PLAN),
            new SessionBinding("default", "mnist", "run-1", 3, 1, SessionGroup.ONLY, Rehearsal.MODEL, Rehearsal.MODEL),
            new SessionBinding("defaultm", "nist", "run-1", 3, 1, SessionGroup.ONLY, Rehearsal.MODEL, Rehearsal.PLAN)
        }) {
            ids.add(id(other, 5, 4, 3, 16));
        }
        ids.add(id(session, 6, 4, 3, 16));
        ids.add(id(session, 5, 3, 3, 16));
        ids.add(id(session, 5, 4, 4, 16));
        ids.add(id(session, 5, 4, 3, 17));
        assertThat(ids).hasSize(15);
    }

    private static String id(SessionBinding session, int clients, int threshold, int length, int bits) {
        return HexFormat.of()
                .formatHex(new SecAggParameters(
                                session,
                                Mode.DOUBLEMASK,
                                Cohort.complete(clients, threshold, 2),
                                new VectorShape(length, bits))
                        .digest());
    }

    private static SecAggParameters oneMask(int clients) {
        return new SecAggParameters(
                Rehearsal.session(), Mode.ONEMASK, Cohort.complete(clients, clients, 2), new VectorShape(9, 16));
    }

    private static void assertAborts(AbortReason reason, ThrowingCallable step) {
        assertThatThrownBy(step)
                .isInstanceOfSatisfying(
                        SecAggAbort.class, abort -> assertThat(abort.reason()).isEqualTo(reason));
    }
}
