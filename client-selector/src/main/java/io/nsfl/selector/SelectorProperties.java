package io.nsfl.selector;

import io.nsfl.sessions.SessionSettings;
import io.nsfl.sessions.enrolment.EnrolmentMode;
import io.nsfl.sessions.enrolment.EnrolmentSettings;
import io.nsfl.sessions.ranking.RankingWeights;
import io.nsfl.storage.document.DatabaseType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The client-selector's configuration. The address it listens on is {@code spring.grpc.server.address} and {@code spring.grpc.server.port}.
 *
 * @param internalSecretFile the server side's secret, which every call of SelectionService carries; required
 * @param reportPeriod how often clients report
 * @param beatPeriod how often both ends of a stream give a sign of life
 * @param leaseDuration how long leases last without a renewal
 * @param singleHeart how long a client on one host may be away before its leases are lost
 * @param clusterHeart the same for a client that is a cluster
 * @param reconnectGrace how long a reservation waits for clients that broke off just now
 * @param forgetAfter how long clients that do not come back are remembered
 * @param maxStreams how many clients may be connected at once
 * @param enrolment what a client needs besides its own key to be taken in
 * @param enrolmentTokensFile tokens that the operator made himself, one a line: SHA-256 in hex, uses, end of life; empty = none
 * @param strategy what counts in the default ranking
 * @param database where clients and leases are kept
 */
@ConfigurationProperties(prefix = "nsfl.selector", ignoreUnknownFields = false)
public record SelectorProperties(
        @DefaultValue("") String internalSecretFile,
        @DefaultValue("150s") Duration reportPeriod,
        @DefaultValue("20s") Duration beatPeriod,
        @DefaultValue("180s") Duration leaseDuration,
        @DefaultValue("300s") Duration singleHeart,
        @DefaultValue("600s") Duration clusterHeart,
        @DefaultValue("20s") Duration reconnectGrace,
        @DefaultValue("7d") Duration forgetAfter,
        @DefaultValue("10000") int maxStreams,
        @DefaultValue("open") EnrolmentMode enrolment,
        @DefaultValue("") String enrolmentTokensFile,
        @DefaultValue Strategy strategy,
        @DefaultValue Database database) {

    /**
     * Weights of the default ranking.
     *
     * @param resource of a client's capacity
     * @param data of its samples
     * @param reliability of its record of delivered and lost tasks
     */
    public record Strategy(
            @DefaultValue("1") double resource,
            @DefaultValue("1") double data,
            @DefaultValue("1") double reliability) {}

    /**
     * The database.
     *
     * @param address host:port
     */
    public record Database(
            @DefaultValue("memory") DatabaseType type,
            @DefaultValue("") String address,
            @DefaultValue("federated_learning") String name,
            @DefaultValue("") String username,
            @DefaultValue("") String password) {}

    EnrolmentSettings enrolmentSettings() {
        return new EnrolmentSettings(
                enrolment,
                enrolmentTokensFile.isBlank() ? Optional.empty() : Optional.of(Path.of(enrolmentTokensFile)));
    }

    SessionSettings sessionSettings() {
        return new SessionSettings(
                false,
                reportPeriod,
                beatPeriod,
                leaseDuration,
                singleHeart,
                clusterHeart,
                reconnectGrace,
                forgetAfter,
                maxStreams,
                new RankingWeights(strategy.resource(), strategy.data(), strategy.reliability()));
    }
}
