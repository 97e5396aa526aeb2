package io.nsfl.taskmanager;

import io.grpc.ManagedChannel;
import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.taskmanager.connection.Announcement;
import io.nsfl.taskmanager.connection.ServerConnection;
import io.nsfl.taskmanager.dataset.DatasetCatalog;
import io.nsfl.taskmanager.deliver.Following;
import io.nsfl.taskmanager.fetch.Attempts;
import io.nsfl.taskmanager.fetch.Coordinators;
import io.nsfl.taskmanager.launch.WorkingRuntimes;
import io.nsfl.taskmanager.queue.ResourceLedger;
import java.util.concurrent.ExecutorService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The way to the server and to the coordinators it names. */
@Configuration(proxyBeanMethods = false)
class ConnectionConfiguration {
    private static final String VERSION = "0.1.0";

    @Bean(destroyMethod = "shutdownNow")
    ManagedChannel serverChannel(TaskManagerProperties properties) {
        return Channels.open(properties.server());
    }

    @Bean
    Coordinators coordinators(ManagedChannel serverChannel) {
        return new Coordinators(serverChannel, Channels::open);
    }

    @Bean
    ServerConnection serverConnection(
            TaskManagerProperties properties,
            ManagedChannel serverChannel,
            ClientKey key,
            DatasetCatalog datasets,
            ResourceLedger ledger,
            WorkingRuntimes runtimes,
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
                VERSION);
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
