package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.crypto.Digests;
import io.nsfl.federation.secagg.graph.MaskGraph;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All clients that take part, in the order of their identities: nobody chooses a place. A client's place counts from 0; as holder of shares its x is
 * the place + 1.
 */
final class Roster {
    private final List<Advertisement> entries;
    private final byte[] encoded;
    private final byte[] digest;
    private final MaskGraph graph;

    private Roster(List<Advertisement> entries, byte[] encoded, int degree) {
        this.entries = entries;
        this.encoded = encoded;
        this.digest = Digests.sha256("nsfl/secagg/roster/v1", encoded);
        this.graph = MaskGraph.of(entries.size(), degree, digest);
    }

    /** At the server, from advertisements that it checked when they came. */
    static Roster of(List<Advertisement> advertisements, byte[] session, int degree) {
        List<Advertisement> sorted = new ArrayList<>(advertisements);
        sorted.sort((one, other) -> one.party().compareTo(other.party()));
        WireWriter out = new WireWriter(MessageKind.ROSTER, session, sorted.size() * 256).u16(sorted.size());
        for (Advertisement entry : sorted) {
            out.u16(entry.encoded().length).raw(entry.encoded());
        }
        return new Roster(List.copyOf(sorted), out.bytes(), degree);
    }

    /** At a client, from the server's message: everything is checked but signatures and trust. */
    static Roster parse(byte[] encoded, SecAggParameters parameters, byte[] session) {
        WireReader in = new WireReader(encoded, MessageKind.ROSTER, session);
        int size = in.u16();
        if (size > parameters.cohort().clients()) {
            throw in.malformed("it lists " + size + " clients, more than the "
                    + parameters.cohort().clients() + " of the session");
        }
        List<Advertisement> entries = new ArrayList<>(size);
        for (int place = 0; place < size; place++) {
            int length = in.u16();
            if (length > Advertisement.MAX_LENGTH) {
                throw in.malformed("an entry has " + length + " bytes");
            }
            entries.add(Advertisement.parse(in.raw(length), session));
        }
        in.end();
        requireDistinct(entries);
        if (size < parameters.minRoster()) {
            throw new SecAggAbort(
                    AbortReason.BELOW_THRESHOLD,
                    size + " clients have keys; at least " + parameters.minRoster() + " are needed.");
        }
        return new Roster(
                List.copyOf(entries), encoded.clone(), parameters.cohort().degree());
    }

    private static void requireDistinct(List<Advertisement> entries) {
        Set<ByteBuffer> keys = new HashSet<>();
        PartyId last = null;
        for (Advertisement entry : entries) {
            if (last != null && last.compareTo(entry.party()) >= 0) {
                throw new SecAggAbort(
                        AbortReason.DUPLICATE_KEY,
                        entry.party(),
                        "The roster names a client twice, or is not in order.");
            }
            last = entry.party();
            if (!keys.add(ByteBuffer.wrap(entry.shareKey())) || !keys.add(ByteBuffer.wrap(entry.maskKey()))) {
                throw new SecAggAbort(
                        AbortReason.DUPLICATE_KEY,
                        entry.party(),
                        "A key of client " + entry.party() + " occurs twice.");
            }
        }
    }

    int size() {
        return entries.size();
    }

    Advertisement entry(int place) {
        return entries.get(place);
    }

    PartyId party(int place) {
        return entries.get(place).party();
    }

    /** -1 if the client is not in it. */
    int place(PartyId party) {
        int low = 0;
        int high = entries.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = party(middle).compareTo(party);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    int[] neighbours(int place) {
        return graph.neighbours(place);
    }

    /** Those who keep shares of a client's secrets: its neighbours and itself, in ascending order. */
    int[] holders(int place) {
        int[] neighbours = graph.neighbours(place);
        int[] holders = Arrays.copyOf(neighbours, neighbours.length + 1);
        holders[neighbours.length] = place;
        Arrays.sort(holders);
        return holders;
    }

    byte[] encoded() {
        return encoded;
    }

    byte[] digest() {
        return digest;
    }
}
