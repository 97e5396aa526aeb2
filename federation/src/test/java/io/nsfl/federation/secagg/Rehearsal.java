package io.nsfl.federation.secagg;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/** A whole session in one thread: clients that drop out when told to, a server that is honest or not. */
final class Rehearsal implements AutoCloseable {
    static final String MODEL = "a".repeat(64);
    static final String PLAN = "b".repeat(64);

    final SecAggParameters parameters;
    final List<PartyId> parties = new ArrayList<>();
    final Map<PartyId, ClientSession> clients = new TreeMap<>();
    final Map<PartyId, int[]> values = new TreeMap<>();
    final ServerSession server;

    /** The server's message once all have advertised. */
    byte[] roster;

    private final Map<PartyId, Stage> lastWords = new TreeMap<>();

    Rehearsal(SecAggParameters parameters, int seed) {
        this(
                parameters,
                seed,
                IntStream.range(0, parameters.cohort().clients())
                        .mapToObj(TestParty::quick)
                        .toList());
    }

    /** @param keys of as many clients as the session has */
    Rehearsal(SecAggParameters parameters, int seed, List<PartyKey> keys) {
        this.parameters = parameters;
        SplittableRandom random = new SplittableRandom(seed);
        for (int number = 0; number < keys.size(); number++) {
            PartyKey key = keys.get(number);
            PartyId party = PartyId.of(key.identityKey());
            parties.add(party);
            clients.put(party, client(parameters, key, 1000 * seed + number));
            int[] vector = new int[(int) parameters.vector().length()];
            for (int i = 0; i < vector.length; i++) {
                // Extremes are as likely as everything else: sums come close to the modulus.
                vector[i] = random.nextBoolean() ? largest() : (int) random.nextLong(largest() + 1L);
            }
            values.put(party, vector);
        }
        server = new ServerSession(parameters, new HashSet<>(parties), TestParty.QUICK);
    }

    static ClientSession client(SecAggParameters parameters, PartyKey key, int seed) {
        return new ClientSession(
                parameters,
                new ClientPolicy(2, PeerTrust.SERVER),
                key,
                TestParty.seeded("client", seed),
                TestParty.QUICK);
    }

    static SessionBinding session() {
        return session(SessionGroup.ONLY);
    }

    static SessionBinding session(SessionGroup group) {
        return new SessionBinding("default", "mnist", "run-1", 3, 1, group, MODEL, PLAN);
    }

    static SecAggParameters complete(int clients, int threshold, int length, int valueBits) {
        return new SecAggParameters(
                session(), Mode.DOUBLEMASK, Cohort.complete(clients, threshold, 2), new VectorShape(length, valueBits));
    }

    int largest() {
        return (1 << parameters.vector().valueBits()) - 1;
    }

    /** This client says nothing in this stage nor afterwards. */
    Rehearsal silentFrom(PartyId party, Stage stage) {
        lastWords.put(party, stage);
        return this;
    }

    SecAggResult run() {
        advertise();
        if (parameters.mode() == Mode.DOUBLEMASK) {
            share();
        }
        mask();
        if (parameters.mode() == Mode.DOUBLEMASK) {
            consistency();
            unmask();
        }
        return server.finish();
    }

    void advertise() {
        answer(Stage.ADVERTISE, (party, client) -> server.advertised(party, client.advertise()));
        roster = server.messageFor(server.expected().iterator().next());
    }

    void share() {
        answer(Stage.SHARE, (party, client) -> server.shared(party, client.shareKeys(server.messageFor(party))));
    }

    void mask() {
        answer(Stage.MASK, (party, client) -> server.masked(party, masked(client, server.messageFor(party), party)));
    }

    void consistency() {
        answer(
                Stage.CONSISTENCY,
                (party, client) -> server.signed(party, client.consistency(server.messageFor(party))));
    }

    void unmask() {
        answer(Stage.UNMASK, (party, client) -> server.unmasked(party, client.unmask(server.messageFor(party))));
    }

    void answer(Stage stage, BiConsumer<PartyId, ClientSession> step) {
        for (PartyId party : server.expected()) {
            Stage silent = lastWords.get(party);
            if (silent == null || silent.compareTo(stage) > 0) {
                step.accept(party, clients.get(party));
            }
        }
        server.closeStage();
    }

    MemorySegment masked(ClientSession client, byte[] message, PartyId party) {
        return masked(client, message, values.get(party));
    }

    static MemorySegment masked(ClientSession client, byte[] message, int[] vector) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int[] next = {0};
        try {
            client.masked(
                    message,
                    (block, count) -> {
                        System.arraycopy(vector, next[0], block, 0, count);
                        next[0] += count;
                    },
                    Channels.newChannel(out));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return MemorySegment.ofArray(out.toByteArray());
    }

    /** The plain sum over these clients. */
    long[] expected(Set<PartyId> survivors) {
        long[] sum = new long[(int) parameters.vector().length()];
        for (PartyId party : survivors) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += values.get(party)[i];
            }
        }
        return sum;
    }

    static long[] sums(SecAggResult result) {
        long[] sums = new long[(int) result.sums().length()];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = result.sums().get(i);
        }
        return sums;
    }

    @Override
    public void close() {
        clients.values().forEach(ClientSession::close);
        server.close();
    }
}
