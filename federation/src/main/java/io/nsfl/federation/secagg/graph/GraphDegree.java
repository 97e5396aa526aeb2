package io.nsfl.federation.secagg.graph;

import java.util.Optional;

/**
 * How many neighbours a client needs, and how many of them must answer: the smallest that keep the promises of Bell et al. 2020 with a random ring.
 *
 * <ul>
 *   <li>The honest clients that stay hang together: P[not] <= 2^-41. Otherwise the sum of a part would be known.
 *   <li>For each client, too many corrupt neighbours to keep its secret: P <= 2^-41 / n.
 *   <li>For each client, too few neighbours left to give it back: P <= 2^-20 / n.
 * </ul>
 *
 * @param degree neighbours of a client
 * @param threshold shares that give a secret back
 */
public record GraphDegree(int degree, int threshold) {
    private static final double LOG_SECURITY = -41 * Math.log(2);
    private static final double LOG_CORRECTNESS = -20 * Math.log(2);

    /** Rates like 0.33 are no exact binary numbers: 0.33 * 100 is 33. */
    private static final double ROUNDING = 1e-9;

    /** What the server may do besides looking. */
    public enum Server {
        /** It keeps to the protocol. */
        SEMI_HONEST,
        /** It may tell clients different things once keys are exchanged: no client's secrets may both be asked for. */
        SEMI_MALICIOUS
    }

    /**
     * @param clients 1 or more
     * @param corrupt fraction of clients that work with the server, 0 to below 1
     * @param dropping fraction of clients that drop out, 0 to below 1
     * @return nothing if no graph but the complete one is enough
     */
    public static Optional<GraphDegree> find(int clients, double corrupt, double dropping, Server server) {
        if (clients < 1 || !(corrupt >= 0 && corrupt < 1) || !(dropping >= 0 && dropping < 1)) {
            throw new IllegalArgumentException(
                    "Cannot find a degree for " + clients + " clients, rates " + corrupt + " and " + dropping);
        }
        int corrupted = (int) Math.floor(corrupt * clients + ROUNDING);
        int lost = (int) Math.floor(dropping * clients + ROUNDING);
        for (int degree = 2; degree < clients - 1; degree += 2) {
            if (logDisconnected(clients, corrupted + lost, degree) < LOG_SECURITY) {
                int threshold = leastThreshold(clients, corrupted, degree, server);
                if (threshold <= mostThreshold(clients, clients - lost, degree)) {
                    // As published: a threshold below 2 is raised only now, which matters for a dozen clients at most.
                    return Optional.of(new GraphDegree(degree, Math.max(threshold, 2)));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Whether this degree and threshold keep a client's secrets from a server that lies and from its accomplices: the first two promises.
     *
     * @param gone fraction of clients that drop out, which the ring must hold together without
     */
    public static boolean protects(int clients, double corrupt, double gone, int degree, int threshold) {
        int corrupted = (int) Math.floor(corrupt * clients + ROUNDING);
        int lost = (int) Math.floor(gone * clients + ROUNDING);
        return logDisconnected(clients, corrupted + lost, degree) < LOG_SECURITY
                && threshold >= leastThreshold(clients, corrupted, degree, Server.SEMI_MALICIOUS);
    }

    /**
     * To cut a ring in which each reaches degree / 2 to both sides, two stretches of degree / 2 clients must be gone. Union bound over the n (n - degree - 1) / 2
     * pairs of stretches; one pair is gone with probability C(n - degree, gone - degree) / C(n, gone).
     */
    private static double logDisconnected(int clients, int gone, int degree) {
        if (degree > gone) {
            return Double.NEGATIVE_INFINITY;
        }
        double logPairs = Math.log(clients) + Math.log(clients - degree - 1.0) - Math.log(2);
        return logPairs + Binomials.log(clients - degree, gone - degree) - Binomials.log(clients, gone);
    }

    /** One more than the corrupt neighbours that a client may have; against a lying server also more than half of what they leave. */
    private static int leastThreshold(int clients, int corrupted, int degree, Server server) {
        double bound = LOG_SECURITY - Math.log(clients);
        int most = new Hypergeometric(clients, corrupted, degree).leastWithTailBelow(bound);
        int needed = switch (server) {
            case SEMI_HONEST -> most;
            case SEMI_MALICIOUS -> (int) Math.ceil((most + degree - 1.25) / 2);
        };
        return needed + 1;
    }

    /** As many neighbours as are almost surely left. */
    private static int mostThreshold(int clients, int staying, int degree) {
        double bound = LOG_CORRECTNESS - Math.log(clients);
        return new Hypergeometric(clients, staying, degree).mostWithHeadBelow(bound);
    }
}
