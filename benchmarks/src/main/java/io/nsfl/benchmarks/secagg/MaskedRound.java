package io.nsfl.benchmarks.secagg;

import com.sun.management.OperatingSystemMXBean;
import io.nsfl.federation.secagg.ClientPolicy;
import io.nsfl.federation.secagg.ClientSession;
import io.nsfl.federation.secagg.PartyId;
import io.nsfl.federation.secagg.PeerTrust;
import io.nsfl.federation.secagg.SecAggParameters;
import io.nsfl.federation.secagg.SecAggResult;
import io.nsfl.federation.secagg.ServerSession;
import io.nsfl.federation.secagg.SignatureCheck;
import io.nsfl.federation.secagg.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * One session over simulated clients. They run on all cores; times are the CPU times of the server's and of the first clients' own steps, and only those
 * verify every signature themselves. A part of the others drops out after sharing keys and before its vector: the dearest moment for the server.
 */
public final class MaskedRound implements AutoCloseable {
    /** Clients whose time is taken. */
    private static final int MEASURED = 3;

    private final SecAggParameters parameters;
    private final int dropping;
    private final ServerSession server;
    private final List<ClientSession> clients = new ArrayList<>();
    private final List<PartyId> parties = new ArrayList<>();
    private final StageTimes clientTimes;
    private final StageTimes serverTimes = new StageTimes(1);
    private boolean exact;

    /**
     * @param identities of as many clients as the session has
     * @param dropping how many of them drop out
     */
    public MaskedRound(SecAggParameters parameters, List<Identity> identities, int dropping) {
        this.parameters = parameters;
        this.dropping = dropping;
        SecureRandom random = new SecureRandom();
        SignatureCheck shared = new SharedCheck();
        for (int client = 0; client < identities.size(); client++) {
            Identity identity = identities.get(client);
            parties.add(PartyId.of(identity.identityKey()));
            clients.add(new ClientSession(
                    parameters,
                    new ClientPolicy(2, PeerTrust.SERVER),
                    identity,
                    random,
                    client < MEASURED ? SignatureCheck.ED25519 : shared));
        }
        Set<PartyId> invited = new TreeSet<>(parties);
        this.server = new ServerSession(parameters, invited);
        this.clientTimes = new StageTimes(MEASURED);
    }

    /** Plays the session to its end. */
    public void play() {
        int all = clients.size();
        int staying = all - dropping;
        exchange(Stage.ADVERTISE, all, (client, from) -> client.advertise(), server::advertised);
        exchange(Stage.SHARE, all, (client, from) -> client.shareKeys(from), server::shared);
        maskAndFold(staying);
        exchange(Stage.CONSISTENCY, staying, (client, from) -> client.consistency(from), server::signed);
        exchange(Stage.UNMASK, staying, (client, from) -> client.unmask(from), server::unmasked);
        finish(staying);
    }

    /** Whether the sum was the clients' sum, element by element. */
    public boolean exact() {
        return exact;
    }

    public StageTimes clientTimes() {
        return clientTimes;
    }

    public StageTimes serverTimes() {
        return serverTimes;
    }

    @Override
    public void close() {
        clients.forEach(ClientSession::close);
        server.close();
    }

    private interface Step {
        byte[] answer(ClientSession client, byte[] message);
    }

    private interface Taking {
        void take(PartyId party, byte[] answer);
    }

    private void exchange(Stage stage, int count, Step step, Taking taking) {
        byte[][] messages = new byte[count][];
        onServer(
                stage,
                count,
                client -> messages[client] =
                        stage == Stage.ADVERTISE ? new byte[0] : server.messageFor(parties.get(client)));
        byte[][] answers = new byte[count][];
        IntStream.range(0, count).parallel().forEach(client -> {
            long since = StageTimes.now();
            answers[client] = step.answer(clients.get(client), messages[client]);
            addClient(stage, client, since);
        });
        onServer(stage, count, client -> taking.take(parties.get(client), answers[client]));
        closeStage(stage);
    }

    /** Vectors come one by one, so that one at a time is in memory. */
    private void maskAndFold(int count) {
        Vector vector = new Vector(parameters.vector().bytes());
        for (int client = 0; client < count; client++) {
            long before = StageTimes.now();
            byte[] message = server.messageFor(parties.get(client));
            serverTimes.add(Stage.MASK, 0, before);
            long since = StageTimes.now();
            vector.fill(clients.get(client), message, client);
            addClient(Stage.MASK, client, since);
            long folding = StageTimes.now();
            server.masked(parties.get(client), vector.content());
            serverTimes.add(Stage.MASK, 0, folding);
        }
        closeStage(Stage.MASK);
    }

    /** Works on several threads: the process's CPU time, while nothing else runs in it. */
    private void finish(int count) {
        OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long since = process.getProcessCpuTime();
        SecAggResult result = server.finish();
        serverTimes.addMilliseconds(Stage.FINISH, 0, (process.getProcessCpuTime() - since) / 1e6);
        long length = result.sums().length();
        SplittableRandom[] values = new SplittableRandom[count];
        Arrays.setAll(values, SplittableRandom::new);
        boolean equal = true;
        for (long i = 0; i < length; i++) {
            long sum = 0;
            for (SplittableRandom value : values) {
                sum += value.nextInt(1 << parameters.vector().valueBits());
            }
            equal &= sum == result.sums().get(i);
        }
        exact = equal;
    }

    private void addClient(Stage stage, int client, long since) {
        if (client < MEASURED) {
            clientTimes.add(stage, client, since);
        }
    }

    private void onServer(Stage stage, int count, IntConsumer step) {
        long since = StageTimes.now();
        for (int client = 0; client < count; client++) {
            step.accept(client);
        }
        serverTimes.add(stage, 0, since);
    }

    private void closeStage(Stage stage) {
        onServer(stage, 1, any -> server.closeStage());
    }

    /** A masked vector in memory. Client k's values are the numbers of a generator seeded with k. */
    private final class Vector implements WritableByteChannel {
        private final ByteBuffer bytes;

        Vector(long length) {
            this.bytes = ByteBuffer.allocateDirect(Math.toIntExact(length));
        }

        void fill(ClientSession client, byte[] message, int seed) {
            SplittableRandom random = new SplittableRandom(seed);
            int bound = 1 << parameters.vector().valueBits();
            bytes.clear();
            try {
                client.masked(
                        message,
                        (block, count) -> {
                            for (int i = 0; i < count; i++) {
                                block[i] = random.nextInt(bound);
                            }
                        },
                        this);
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }

        MemorySegment content() {
            return MemorySegment.ofBuffer(bytes.flip());
        }

        @Override
        public int write(ByteBuffer source) {
            int count = source.remaining();
            bytes.put(source);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // Memory: nothing to close.
        }
    }
}
