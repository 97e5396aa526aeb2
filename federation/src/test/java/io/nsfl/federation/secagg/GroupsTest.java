package io.nsfl.federation.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.federation.secagg.quantise.ModulusBudget;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A round's clients in several sessions, side by side. */
class GroupsTest {
    private static final List<Stage> STAGES =
            List.of(Stage.ADVERTISE, Stage.SHARE, Stage.MASK, Stage.CONSISTENCY, Stage.UNMASK);
    private static final int LENGTH = 5;

    @Test
    void sumsAreExactForEverySubsetOfUpToAThirdOfEachGroupThatDropsOutInAnyStage() {
        // One of three, or none, in each of two groups: 4 x 5 ways in each.
        IntStream.range(0, 20 * 20).parallel().forEach(way -> {
            try (Split split = new Split(6, 2, way)) {
                split.drop(0, way % 4, STAGES.get(way / 4 % 5));
                split.drop(1, way / 20 % 4, STAGES.get(way / 80));
                split.assertExact();
            }
        });
    }

    @Test
    void sumsOfTwelveClientsInThreeGroupsAreExact() {
        SplittableRandom random = new SplittableRandom(11);
        for (int run = 0; run < 20; run++) {
            try (Split split = new Split(12, 3, run)) {
                for (int group = 0; group < 3; group++) {
                    split.drop(group, random.nextInt(5), STAGES.get(random.nextInt(STAGES.size())));
                }
                split.assertExact();
            }
        }
    }

    @Test
    void aDrawPutsEachClientIntoOneGroupOfAboutTheSameSize() {
        for (int clients : new int[] {2, 3, 12, 100, 1001}) {
            for (int groups : new int[] {1, 2, 3, 7}) {
                if (groups <= clients) {
                    List<Set<PartyId>> split = GroupDraw.split(Rehearsal.session(), ids(clients), groups);
                    assertThat(split).hasSize(groups);
                    assertThat(split)
                            .extracting(Set::size)
                            .allMatch(size -> size == clients / groups || size == (clients + groups - 1) / groups);
                    Set<PartyId> all = new TreeSet<>();
                    split.forEach(all::addAll);
                    assertThat(all).isEqualTo(new TreeSet<>(ids(clients)));
                }
            }
        }
    }

    @Test
    void groupsAreAsFewAsTheirSizeAllows() {
        assertThat(GroupDraw.groups(1, 4)).isEqualTo(1);
        assertThat(GroupDraw.groups(4, 4)).isEqualTo(1);
        assertThat(GroupDraw.groups(5, 4)).isEqualTo(2);
        assertThat(GroupDraw.groups(12, 4)).isEqualTo(3);
        assertThat(GroupDraw.groups(100_000, GroupDraw.MOST)).isEqualTo(10);
    }

    @Test
    void anotherAttemptDrawsOtherGroups() {
        SessionBinding next = new SessionBinding(
                "default", "mnist", "run-1", 3, 2, SessionGroup.ONLY, Rehearsal.MODEL, Rehearsal.PLAN);
        assertThat(GroupDraw.split(next, ids(100), 2)).isNotEqualTo(GroupDraw.split(Rehearsal.session(), ids(100), 2));
    }

    /** The check at clients is for groups of thousands: with so many an honest draw passes, and one that somebody chose does not. */
    @Test
    void clientsTellADrawFromAChoice() {
        List<PartyId> clients = ids(20_001);
        List<Set<PartyId>> drawn = GroupDraw.split(Rehearsal.session(), clients, 3);
        for (int group = 0; group < 3; group++) {
            SessionBinding session = Rehearsal.session(new SessionGroup(group, 3));
            assertThat(drawn.get(group)).allMatch(client -> GroupDraw.fits(session, client, 6667));
            long strangers = clients.stream()
                    .filter(client -> GroupDraw.fits(session, client, 6667))
                    .count();
            assertThat(strangers).as("those that could be slipped in are few").isLessThan(6667 + 2 * 700);
        }
    }

    @Test
    void aClientRefusesAGroupWhoseMembersWereChosen() {
        SessionGroup first = new SessionGroup(0, 1000);
        SecAggParameters parameters = new SecAggParameters(
                Rehearsal.session(first), Mode.DOUBLEMASK, Cohort.complete(4, 3, 2), new VectorShape(LENGTH, 16));
        try (Rehearsal rehearsal = new Rehearsal(parameters, 1)) {
            // Four of a thousand groups of four: hardly one of these places is the first group's.
            rehearsal.advertise();
            for (PartyId party : rehearsal.parties) {
                assertAborts(
                        AbortReason.OTHER_GROUP,
                        () -> rehearsal.clients.get(party).shareKeys(rehearsal.roster));
            }
        }
    }

    @Test
    void keysOfOneGroupMeanNothingInAnother() {
        try (Split split = new Split(12, 3, 3)) {
            Rehearsal one = split.groups.get(0);
            Rehearsal other = split.groups.get(1);
            PartyId guest = one.parties.getFirst();
            byte[] keys = one.clients.get(guest).advertise();
            assertAborts(AbortReason.NOT_EXPECTED, () -> other.server.advertised(guest, keys));

            other.advertise();
            PartyId replaced = other.parties.getFirst();
            PartyId victim = other.parties.getLast();
            assertAborts(
                    AbortReason.OTHER_SESSION,
                    () -> other.clients.get(victim).shareKeys(rosterWith(other, replaced, keys)));
            // The id of the other group's session written over it: the signature covers it.
            byte[] dressed = keys.clone();
            System.arraycopy(other.parameters.digest(), 0, dressed, 2, 32);
            PartyId second = other.parties.get(1);
            assertAborts(
                    AbortReason.BAD_PEER_SIGNATURE,
                    () -> other.clients.get(second).shareKeys(rosterWith(other, replaced, dressed)));
        }
    }

    @Test
    void whatIsSaidInOneGroupIsNotTakenInAnother() {
        try (Split split = new Split(12, 3, 4)) {
            Rehearsal one = split.groups.get(0);
            Rehearsal other = split.groups.get(1);
            one.advertise();
            other.advertise();
            PartyId client = one.parties.getFirst();
            assertAborts(
                    AbortReason.OTHER_SESSION, () -> one.clients.get(client).shareKeys(other.roster));
            one.silentFrom(client, Stage.SHARE);
            one.share();
            other.share();
            PartyId second = one.parties.getLast();
            byte[] packets = other.server.messageFor(other.parties.getLast());
            assertAborts(
                    AbortReason.OTHER_SESSION,
                    () -> Rehearsal.masked(one.clients.get(second), packets, one.values.get(second)));
        }
    }

    /** Each counts the survivors of its own group, whose sum the server learns. */
    @Test
    void aClientsMinimumIsOfItsOwnGroup() {
        try (Split split = new Split(12, 3, 5)) {
            Rehearsal group = split.groups.get(0);
            PartyId strict = group.parties.getFirst();
            group.clients.put(
                    strict,
                    new ClientSession(
                            group.parameters,
                            new ClientPolicy(5, PeerTrust.SERVER),
                            split.keys.get(strict),
                            TestParty.seeded("strict", 1),
                            TestParty.QUICK));
            group.advertise();
            assertAborts(
                    AbortReason.BELOW_THRESHOLD, () -> group.clients.get(strict).shareKeys(group.roster));
        }
    }

    private static byte[] rosterWith(Rehearsal rehearsal, PartyId replaced, byte[] keys) {
        byte[] roster = rehearsal.roster.clone();
        ByteBuffer in = ByteBuffer.wrap(roster).position(WireWriter.HEADER);
        int size = Short.toUnsignedInt(in.getShort());
        for (int entry = 0; entry < size; entry++) {
            int length = Short.toUnsignedInt(in.getShort());
            int at = in.position();
            byte[] identity = java.util.Arrays.copyOfRange(roster, at + WireWriter.HEADER, at + WireWriter.HEADER + 32);
            if (PartyId.of(identity).equals(replaced)) {
                System.arraycopy(keys, 0, roster, at, length);
            }
            in.position(at + length);
        }
        return roster;
    }

    private static List<PartyId> ids(int clients) {
        return IntStream.range(0, clients)
                .mapToObj(number -> PartyId.of(TestParty.quick(number).identityKey()))
                .toList();
    }

    private static void assertAborts(AbortReason reason, ThrowingCallable step) {
        assertThatThrownBy(step)
                .isInstanceOfSatisfying(
                        SecAggAbort.class, abort -> assertThat(abort.reason()).isEqualTo(reason));
    }

    /** Clients in groups of the same size. */
    private static final class Split implements AutoCloseable {
        private final Map<PartyId, PartyKey> keys = new TreeMap<>();
        private final List<Rehearsal> groups = new ArrayList<>();
        private final Set<PartyId> lost = new HashSet<>();

        Split(int clients, int count, int seed) {
            for (int number = 0; number < clients; number++) {
                PartyKey key = TestParty.quick(number);
                keys.put(PartyId.of(key.identityKey()), key);
            }
            List<Set<PartyId>> split = GroupDraw.split(Rehearsal.session(), keys.keySet(), count);
            for (int group = 0; group < count; group++) {
                int size = split.get(group).size();
                SecAggParameters parameters = new SecAggParameters(
                        Rehearsal.session(new SessionGroup(group, count)),
                        Mode.DOUBLEMASK,
                        Cohort.complete(size, size - size / 3, 2),
                        new VectorShape(LENGTH, ModulusBudget.valueBits(size)));
                groups.add(new Rehearsal(
                        parameters,
                        100 * seed + group,
                        split.get(group).stream().map(keys::get).toList()));
            }
        }

        /** @param client of the group; the number after the last = nobody */
        void drop(int group, int client, Stage stage) {
            Rehearsal members = groups.get(group);
            if (client < members.parties.size()) {
                members.silentFrom(members.parties.get(client), stage);
                if (stage.compareTo(Stage.MASK) <= 0) {
                    lost.add(members.parties.get(client));
                }
            }
        }

        void assertExact() {
            long[] sum = new long[LENGTH];
            long[] expected = new long[LENGTH];
            Set<PartyId> survivors = new TreeSet<>();
            for (Rehearsal group : groups) {
                SecAggResult result = group.run();
                survivors.addAll(result.survivors());
                add(sum, Rehearsal.sums(result));
                Set<PartyId> staying = new TreeSet<>(group.parties);
                staying.removeAll(lost);
                add(expected, group.expected(staying));
            }
            Set<PartyId> staying = new TreeSet<>(keys.keySet());
            staying.removeAll(lost);
            assertThat(survivors).isEqualTo(staying);
            assertThat(sum).isEqualTo(expected);
        }

        private static void add(long[] to, long[] values) {
            for (int i = 0; i < to.length; i++) {
                to[i] += values[i];
            }
        }

        @Override
        public void close() {
            groups.forEach(Rehearsal::close);
        }
    }
}
