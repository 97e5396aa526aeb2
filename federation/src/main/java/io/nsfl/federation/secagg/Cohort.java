package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.graph.GraphDegree;
import java.util.Optional;

/**
 * How many clients take part and how many of them it takes.
 *
 * @param clients invited to the session: 2 to 10,000
 * @param threshold shares that give a secret back
 * @param minSurvivors fewest clients whose sum may become known
 * @param degree peers that a client masks with; {@code clients - 1} is everybody, less is an even number
 */
public record Cohort(int clients, int threshold, int minSurvivors, int degree) {
    /** Limits what a roster weighs, which every client reads: 2 MB, and more with certificates. Larger rounds are several sessions, see {@link GroupDraw}. */
    public static final int MAX_CLIENTS = 10_000;

    /** Up to here everybody masks with everybody. */
    public static final int LARGEST_COMPLETE = 100;

    /** Part of a large cohort that may work with the server: their neighbours must still be enough. */
    private static final double CORRUPT = 0.1;

    /** Part of a large cohort that may drop out while the rest must hang together. */
    private static final double DROPPING = 0.1;

    /**
     * @throws SecAggAbort UNSOUND_PARAMETERS. Twice the threshold must exceed the holders of a secret (a client and its peers): otherwise half of
     *     them could be asked for one share of a client and half for the other. A sparse graph must stand a tenth of corrupt clients.
     */
    public Cohort {
        require(
                clients >= 2 && clients <= MAX_CLIENTS,
                "a session has 2 to " + MAX_CLIENTS + " clients, not " + clients);
        require(
                minSurvivors >= 2 && minSurvivors <= clients,
                "the minimum of survivors is 2 to " + clients + ", not " + minSurvivors);
        require(
                degree == clients - 1 || degree >= 2 && degree < clients - 1 && degree % 2 == 0,
                "the degree is " + (clients - 1) + " or an even number below, not " + degree);
        require(
                threshold >= 2 && threshold <= degree + 1,
                "the threshold is 2 to " + (degree + 1) + ", not " + threshold);
        require(
                2 * threshold > degree + 1,
                "a threshold of " + threshold + " lets the " + (degree + 1)
                        + " holders of a client's secrets be asked for both: more than half is needed");
        require(
                degree == clients - 1 || GraphDegree.protects(clients, CORRUPT, DROPPING, degree, threshold),
                "with " + degree + " of " + clients + " peers and a threshold of " + threshold
                        + " a tenth of corrupt clients could be all that guards a secret");
    }

    /**
     * Complete up to {@link #LARGEST_COMPLETE} clients; beyond, the sparsest graph that protects and bears the drop-outs, if there is one.
     *
     * @param threshold the least; raised to more than half of those who hold a secret. A sparse graph has a threshold of its own
     * @param dropping part of the clients that may drop out, 0 to below 1
     */
    public static Cohort of(int clients, int threshold, int minSurvivors, double dropping) {
        return sparse(clients, dropping)
                .map(found -> new Cohort(clients, found.threshold(), minSurvivors, found.degree()))
                .orElseGet(() -> complete(clients, Math.max(threshold, clients / 2 + 1), minSurvivors));
    }

    private static Optional<GraphDegree> sparse(int clients, double dropping) {
        return clients <= LARGEST_COMPLETE
                ? Optional.empty()
                : GraphDegree.find(clients, CORRUPT, Math.max(DROPPING, dropping), GraphDegree.Server.SEMI_MALICIOUS);
    }

    /** Everybody masks with everybody. */
    public static Cohort complete(int clients, int threshold, int minSurvivors) {
        return new Cohort(clients, threshold, minSurvivors, clients - 1);
    }

    public boolean complete() {
        return degree == clients - 1;
    }

    /**
     * Fewest clients that must go on together, of a roster of this size: no two disjoint halves can be told different things, and no sum of fewer
     * becomes known.
     */
    int quorum(int roster) {
        int majority = roster / 2 + 1;
        return Math.max(complete() ? threshold : 2, Math.max(minSurvivors, majority));
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new SecAggAbort(AbortReason.UNSOUND_PARAMETERS, "Cannot aggregate securely: " + what + ".");
        }
    }
}
