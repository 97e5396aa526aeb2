package io.nsfl.taskmanager;

import io.grpc.ManagedChannel;
import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.ids.PrivateFile;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.servicekit.tls.TransportSecurity;
import io.nsfl.taskmanager.connection.Announcement;
import io.nsfl.taskmanager.connection.ServerConnection;
import io.nsfl.taskmanager.dataset.DatasetCatalog;
import io.nsfl.taskmanager.deliver.Following;
import io.nsfl.taskmanager.fetch.Attempts;
import io.nsfl.taskmanager.fetch.Coordinators;
import io.nsfl.taskmanager.launch.WorkingRuntimes;
import io.nsfl.taskmanager.privacy.PrivacyLedger;
import io.nsfl.taskmanager.queue.ResourceLedger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** The way to the server and to the coordinators it names. */
@Configuration(proxyBeanMethods = false)
class ConnectionConfiguration {
    private static final String VERSION = "0.1.0";

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionConfiguration.class);
    private static final Duration LOOK_AT_FILES = Duration.ofSeconds(10);

    /** The way out; what listens here, for executors, is loopback and has none. */
    @Bean(destroyMethod = "close")
    @Primary
    TransportSecurity serverSecurity(TaskManagerProperties properties) {
        return properties
                .access()
                .tls()
                .map(files -> TransportSecurity.tls(files, properties.access().serverName())
                        .watching(LOOK_AT_FILES))
                .orElseGet(TransportSecurity::plain);
    }

    private static String enrolmentToken(TaskManagerProperties properties) {
        if (properties.access().enrolmentTokenFile().isEmpty()) {
            return "";
        }
        Path file = properties.access().enrolmentTokenFile().get();
        try {
            return PrivateFile.read(file, 512)
                    .map(content -> new String(content, StandardCharsets.US_ASCII).strip())
                    .orElse("");
        } catch (IOException unreadable) {
            LOG.warn("The enrolment token's file {} cannot be read: {}", file, unreadable.getMessage());
            return "";
        }
    }

    @Bean(destroyMethod = "shutdownNow")
    ManagedChannel serverChannel(TaskManagerProperties properties, TransportSecurity serverSecurity) {
        return Channels.open(properties.server(), serverSecurity);
    }

    @Bean
    Coordinators coordinators(ManagedChannel serverChannel, TransportSecurity serverSecurity) {
        return new Coordinators(serverChannel, address -> Channels.open(address, serverSecurity));
    }

    @Bean
    ServerConnection serverConnection(
            TaskManagerProperties properties,
            ManagedChannel serverChannel,
            ClientKey key,
            DatasetCatalog datasets,
            ResourceLedger ledger,
            WorkingRuntimes runtimes,
            PrivacyLedger privacy,
            ExecutorService clientThreads,
            Timers timers,
            Machine machine) {
        Announcement announcement = new Announcement(
                properties.name(),
                properties.address(),
                properties.platform(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                properties.labels(),
                datasets.announced(),
                ledger.capacity(),
                properties.maxTaskParallelism(),
                properties.registration(),
                VERSION,
                properties.scriptPolicy().announced(),
                () -> enrolmentToken(properties),
                privacy::spent);
        return new ServerConnection(
                serverChannel,
                key,
                announcement,
                runtimes.found(),
                machine.mailbox("connection", clientThreads),
                timers,
                new Backoff(ServerConnection.FIRST_WAIT, ServerConnection.LONGEST_WAIT, machine.random()));
    }

    @Bean
    Attempts attempts(Timers timers, Machine machine) {
        return new Attempts(machine.threads(), timers, machine.random());
    }

    @Bean
    Following following(Coordinators coordinators, Timers timers, ExecutorService clientThreads, Machine machine) {
        return new Following(coordinators, timers, clientThreads, machine.random());
    }
}
