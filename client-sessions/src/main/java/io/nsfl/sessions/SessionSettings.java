package io.nsfl.sessions;

import io.nsfl.sessions.ranking.RankingWeights;
import java.time.Duration;

/**
 * The limits and periods of the clients' sessions.
 *
 * @param direct whether this is a coordinator that hosts its clients itself: then clients with {@code registration: false} are chosen
 *     like the others
 * @param reportPeriod how often clients send a report
 * @param beatPeriod how often both ends of a stream give a sign of life; a stream silent for three periods is given up
 * @param leaseDuration how long leases last without {@code Renew}
 * @param singleSilence how long a client on one host may be away before its leases are lost
 * @param clusterSilence the same for a client that is a cluster ({@code platform: k8s})
 * @param reconnectGrace how long a reservation that would fall short waits for clients that broke off just now
 * @param forgetAfter how long a client that does not come back, and the memory of a run that ended, is kept
 * @param maxStreams how many streams may be open at once
 * @param weights what counts in the default ranking
 */
public record SessionSettings(
        boolean direct,
        Duration reportPeriod,
        Duration beatPeriod,
        Duration leaseDuration,
        Duration singleSilence,
        Duration clusterSilence,
        Duration reconnectGrace,
        Duration forgetAfter,
        int maxStreams,
        RankingWeights weights) {

    public SessionSettings {
        requirePositive(reportPeriod, "The report period");
        requirePositive(beatPeriod, "The beat period");
        requirePositive(leaseDuration, "The lease duration");
        requirePositive(singleSilence, "The silence allowed to a client on one host");
        requirePositive(clusterSilence, "The silence allowed to a cluster");
        requirePositive(forgetAfter, "The time after which clients are forgotten");
        if (reconnectGrace.isNegative()) {
            throw new IllegalArgumentException("The reconnect grace is at least 0, not " + reconnectGrace);
        }
        if (maxStreams < 1) {
            throw new IllegalArgumentException("At least one stream has to be allowed, not " + maxStreams);
        }
    }

    /** The documented defaults, for a selector. */
    public static SessionSettings defaults() {
        return new SessionSettings(
                false,
                Duration.ofSeconds(150),
                Duration.ofSeconds(20),
                Duration.ofSeconds(180),
                Duration.ofSeconds(300),
                Duration.ofSeconds(600),
                Duration.ofSeconds(20),
                Duration.ofDays(7),
                10_000,
                RankingWeights.even());
    }

    /** The defaults for a coordinator that hosts its clients itself. */
    public static SessionSettings directMode() {
        SessionSettings usual = defaults();
        return new SessionSettings(
                true,
                usual.reportPeriod,
                usual.beatPeriod,
                usual.leaseDuration,
                usual.singleSilence,
                usual.clusterSilence,
                usual.reconnectGrace,
                usual.forgetAfter,
                usual.maxStreams,
                usual.weights);
    }

    private static void requirePositive(Duration given, String what) {
        if (given.isNegative() || given.isZero()) {
            throw new IllegalArgumentException(what + " is longer than 0, not " + given);
        }
    }
}
