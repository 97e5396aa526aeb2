package io.nsfl.federation.secagg.graph;

import io.nsfl.federation.secagg.crypto.Digests;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Who masks with whom and keeps whose shares. Complete, or the Harary graph over a random ring (Bell et al. 2020): a client's neighbours are
 * the {@code degree / 2} before and after it. Everybody computes the same graph from the same seed, so nobody has to be told.
 */
public final class MaskGraph {
    private final int[] ring;
    private final int[] position;
    private final int degree;

    private MaskGraph(int[] ring, int degree) {
        this.ring = ring;
        this.position = new int[ring.length];
        for (int place = 0; place < ring.length; place++) {
            position[ring[place]] = place;
        }
        this.degree = degree;
    }

    /**
     * @param degree even, or at least {@code clients - 1}: then the graph is complete
     * @param seed what orders the ring; all clients have contributed to it
     */
    public static MaskGraph of(int clients, int degree, byte[] seed) {
        if (degree >= clients - 1) {
            return new MaskGraph(identity(clients), clients - 1);
        }
        if (degree < 2 || degree % 2 != 0) {
            throw new IllegalArgumentException("A ring's degree is even and at least 2, not " + degree);
        }
        return new MaskGraph(permutation(clients, seed), degree);
    }

    public boolean complete() {
        return degree == ring.length - 1;
    }

    /** Neighbours of a client (0 to clients - 1) in ascending order, without itself. */
    public int[] neighbours(int client) {
        int[] neighbours = new int[degree];
        if (complete()) {
            for (int other = 0, next = 0; other < ring.length; other++) {
                if (other != client) {
                    neighbours[next++] = other;
                }
            }
            return neighbours;
        }
        for (int distance = 1; distance <= degree / 2; distance++) {
            neighbours[2 * distance - 2] = ring[(position[client] + distance) % ring.length];
            neighbours[2 * distance - 1] = ring[(position[client] - distance + ring.length) % ring.length];
        }
        Arrays.sort(neighbours);
        return neighbours;
    }

    /** Fisher-Yates, each step's choice uniform by rejection. */
    private static int[] permutation(int clients, byte[] seed) {
        int[] ring = identity(clients);
        RandomIntegers integers = new RandomIntegers(seed);
        for (int last = clients - 1; last > 0; last--) {
            int chosen = integers.below(last + 1);
            int moved = ring[last];
            ring[last] = ring[chosen];
            ring[chosen] = moved;
        }
        return ring;
    }

    private static int[] identity(int clients) {
        int[] ring = new int[clients];
        Arrays.setAll(ring, client -> client);
        return ring;
    }

    /** SHA-256 over seed and a counter. */
    private static final class RandomIntegers {
        private final byte[] seed;
        private ByteBuffer block = ByteBuffer.allocate(0);
        private int counter;

        RandomIntegers(byte[] seed) {
            this.seed = seed;
        }

        int below(int bound) {
            long largest = (1L << 32) - (1L << 32) % bound;
            while (true) {
                long candidate = next();
                if (candidate < largest) {
                    return (int) (candidate % bound);
                }
            }
        }

        private long next() {
            if (!block.hasRemaining()) {
                byte[] number =
                        ByteBuffer.allocate(Integer.BYTES).putInt(counter++).array();
                block = ByteBuffer.wrap(Digests.sha256("nsfl/secagg/ring/v1", seed, number));
            }
            return Integer.toUnsignedLong(block.getInt());
        }
    }
}
