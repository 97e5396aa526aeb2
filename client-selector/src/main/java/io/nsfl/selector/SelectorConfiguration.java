package io.nsfl.selector;

import io.grpc.BindableService;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.IdSource;
import io.nsfl.protocol.v1.SelectionServiceGrpc;
import io.nsfl.selector.SelectorProperties.Database;
import io.nsfl.servicekit.grpc.GrpcServerConfiguration;
import io.nsfl.servicekit.lifecycle.ConfigurationReport;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.security.SecretServerInterceptor;
import io.nsfl.servicekit.tls.TlsProperties;
import io.nsfl.servicekit.tls.TlsProperties.ClientAuth;
import io.nsfl.sessions.ClientSessions;
import io.nsfl.sessions.enrolment.EnrolmentMode;
import io.nsfl.storage.DocumentStores;
import io.nsfl.storage.document.DatabaseSettings;
import io.nsfl.storage.document.DatabaseType;
import io.nsfl.storage.document.DocumentStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.GlobalServerInterceptor;

/** What the client-selector is made of. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SelectorProperties.class)
@Import(GrpcServerConfiguration.class)
public class SelectorConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(SelectorConfiguration.class);

    /** The sessions try again by themselves: one call is not held up for long. */
    private static final DatabaseSettings.Retry SHORT_RETRY =
            new DatabaseSettings.Retry(2, Duration.ofMillis(200), Duration.ofSeconds(1));

    private static final int CONNECTIONS = 4;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

    @Bean
    InstantSource clock() {
        return InstantSource.system();
    }

    @Bean
    IdSource idSource() {
        return () -> UUID.randomUUID().toString();
    }

    @Bean
    InternalSecret internalSecret(SelectorProperties properties) {
        if (properties.internalSecretFile().isBlank()) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The internal secret's file is not configured: name the file that the job-scheduler made in"
                            + " NSFL_INTERNAL_SECRET_FILE.");
        }
        return InternalSecret.load(Path.of(properties.internalSecretFile()));
    }

    @Bean
    @GlobalServerInterceptor
    @Order(GrpcServerConfiguration.FAULTS_FIRST + 1)
    SecretServerInterceptor selectionGuard(InternalSecret secret) {
        return SecretServerInterceptor.internal(secret, Set.of(SelectionServiceGrpc.SERVICE_NAME));
    }

    @Bean(destroyMethod = "close")
    DocumentStore documentStore(SelectorProperties properties) {
        ConfigurationReport.log(LOG, "client-selector", "nsfl.selector", properties);
        Database database = properties.database();
        if (database.type() == DatabaseType.MEMORY) {
            LOG.warn("No database is configured (DB_TYPE): clients and leases are kept in memory and forgotten"
                    + " with this process");
        }
        return DocumentStores.open(new DatabaseSettings(
                database.type(),
                database.address(),
                database.name(),
                database.username(),
                database.password(),
                CONNECTIONS,
                CONNECT_TIMEOUT,
                SHORT_RETRY));
    }

    @Bean(destroyMethod = "close")
    ClientSessions clientSessions(
            SelectorProperties properties,
            TlsProperties tls,
            InternalSecret secret,
            DocumentStore store,
            InstantSource clock,
            IdSource ids) {
        if (properties.enrolment() == EnrolmentMode.CERTIFICATE
                && (tls.directory().isEmpty() || tls.clientAuth() == ClientAuth.NONE)) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "nsfl.selector.enrolment is certificate, but no certificates of clients are asked for: set"
                            + " nsfl.tls.directory and nsfl.tls.client-auth to need.");
        }
        if (properties.enrolment() == EnrolmentMode.TOKEN && tls.directory().isEmpty()) {
            LOG.warn("Enrolment tokens are sent in the clear where no proxy with TLS stands before this service: set"
                    + " nsfl.tls.directory");
        }
        return ClientSessions.open(
                properties.sessionSettings(),
                properties.enrolmentSettings().behindProxy(secret.bytes()),
                store,
                clock,
                new SecureRandom(),
                ids);
    }

    @Bean
    BindableService clientService(ClientSessions sessions) {
        return sessions.clientService();
    }

    @Bean
    BindableService selectionService(ClientSessions sessions) {
        return sessions.selectionService();
    }

    /** Clients are sent away before the server stops, which would wait for their streams. */
    @Bean
    ApplicationListener<ContextClosedEvent> farewell(ClientSessions sessions) {
        return closed -> sessions.close();
    }
}
