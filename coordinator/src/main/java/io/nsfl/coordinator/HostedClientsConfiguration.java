package io.nsfl.coordinator;

import io.grpc.BindableService;
import io.nsfl.coordinator.selection.ClientSelection;
import io.nsfl.coordinator.selection.HostedSelection;
import io.nsfl.protocol.ids.IdSource;
import io.nsfl.sessions.ClientSessions;
import io.nsfl.sessions.SessionSettings;
import io.nsfl.storage.document.memory.MemoryDocumentStore;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;

/** Direct mode: the clients' sessions are hosted here. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = CoordinatorConfiguration.DIRECT, havingValue = "true")
class HostedClientsConfiguration {
    @Bean(destroyMethod = "")
    ClientSessions clientSessions(InstantSource clock, IdSource ids) {
        return ClientSessions.open(
                SessionSettings.directMode(), new MemoryDocumentStore(), clock, new SecureRandom(), ids);
    }

    @Bean(destroyMethod = "close")
    ClientSelection clientSelection(ClientSessions sessions) {
        return new HostedSelection(sessions);
    }

    @Bean
    BindableService clientService(ClientSessions sessions) {
        return sessions.clientService();
    }

    /** Clients are sent away before the server stops, which would wait for their streams. */
    @Bean
    ApplicationListener<ContextClosedEvent> farewellToClients(ClientSessions sessions) {
        return closed -> sessions.close();
    }
}
