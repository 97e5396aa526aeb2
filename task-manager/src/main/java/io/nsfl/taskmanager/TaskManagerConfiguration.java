package io.nsfl.taskmanager;

import io.nsfl.servicekit.grpc.GrpcServerAddress;
import io.nsfl.servicekit.grpc.GrpcServerConfiguration;
import io.nsfl.servicekit.lifecycle.ServicePart;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.taskmanager.connection.ServerConnection;
import io.nsfl.taskmanager.fetch.Coordinators;
import io.nsfl.taskmanager.flow.ClientLife;
import io.nsfl.taskmanager.flow.TaskFlow;
import io.nsfl.taskmanager.launch.Executors;
import io.nsfl.taskmanager.quota.StorageQuota;
import io.nsfl.taskmanager.quota.StorageWatch;
import io.nsfl.taskmanager.task.ClientStore;
import io.nsfl.taskmanager.task.TaskDesk;
import java.util.concurrent.ExecutorService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Puts the client together: what it is made of, one configuration for each subject, and the order in which it starts and stops. */
@Configuration(proxyBeanMethods = false)
@Import({
    GrpcServerConfiguration.class,
    MachineConfiguration.class,
    ClusterConfiguration.class,
    StateConfiguration.class,
    OfferConfiguration.class,
    ConnectionConfiguration.class,
    LaunchConfiguration.class,
    TaskConfiguration.class
})
public class TaskManagerConfiguration {
    @Bean
    ServicePart storePart(ClientStore store, Executors executors, Coordinators coordinators) {
        return new ServicePart("store", ServicePart.Stage.STORES, () -> {}, () -> {
            executors.close();
            coordinators.close();
            store.close();
        });
    }

    @Bean
    ServicePart clientPart(
            TaskManagerProperties properties,
            TaskDesk desk,
            TaskFlow flow,
            Executors executors,
            ServerConnection connection,
            StorageQuota quota,
            Timers timers,
            ExecutorService clientThreads,
            ExecutorPlace place,
            GrpcServerAddress address) {
        StorageWatch storage = new StorageWatch(quota, flow::tidy, connection::loadChanged, timers, clientThreads);
        ClientLife life = new ClientLife(
                desk,
                flow,
                executors,
                connection,
                quota,
                storage,
                LaunchConfiguration.addressFile(properties),
                ClusterConfiguration.callback(place));
        address.started().thenAccept(life::listensAt);
        return new ServicePart("client", ServicePart.Stage.WORK, life::start, life::stop);
    }
}
