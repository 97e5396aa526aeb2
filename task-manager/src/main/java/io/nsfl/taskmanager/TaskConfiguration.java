package io.nsfl.taskmanager;

import io.nsfl.servicekit.time.Timers;
import io.nsfl.taskmanager.connection.ServerConnection;
import io.nsfl.taskmanager.dataset.AccountedDatasets;
import io.nsfl.taskmanager.dataset.DatasetCatalog;
import io.nsfl.taskmanager.deliver.Delivery;
import io.nsfl.taskmanager.deliver.Following;
import io.nsfl.taskmanager.fetch.ArtifactCache;
import io.nsfl.taskmanager.fetch.Attempts;
import io.nsfl.taskmanager.fetch.Coordinators;
import io.nsfl.taskmanager.fetch.TaskFetch;
import io.nsfl.taskmanager.fetch.WorkspaceBuild;
import io.nsfl.taskmanager.flow.TaskFlow;
import io.nsfl.taskmanager.launch.Executors;
import io.nsfl.taskmanager.privacy.PrivacyLedger;
import io.nsfl.taskmanager.queue.Admission;
import io.nsfl.taskmanager.quota.StorageQuota;
import io.nsfl.taskmanager.state.RunStates;
import io.nsfl.taskmanager.task.ClientStore;
import io.nsfl.taskmanager.task.TaskDesk;
import io.nsfl.taskmanager.task.TaskFiles;
import io.nsfl.taskmanager.task.TaskIds;
import java.time.ZoneId;
import java.util.concurrent.ExecutorService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The way of a task, from its assignment to the delivery of its result. */
@Configuration(proxyBeanMethods = false)
class TaskConfiguration {
    @Bean
    TaskDesk taskDesk(
            TaskManagerProperties properties,
            ClientStore store,
            Admission admission,
            ServerConnection connection,
            ExecutorService clientThreads,
            Timers timers,
            Machine machine) {
        return new TaskDesk(
                store,
                admission,
                connection,
                new TaskIds(properties.port(), ZoneId.systemDefault()),
                machine.mailbox("tasks", clientThreads),
                timers,
                machine.clock());
    }

    @Bean
    AccountedDatasets accountedDatasets(TaskManagerProperties properties, DatasetCatalog datasets) {
        return properties.privacyBudget().isPresent()
                ? new AccountedDatasets(datasets.paths())
                : AccountedDatasets.NONE;
    }

    @Bean
    WorkspaceBuild workspaceBuild(TaskManagerProperties properties, AccountedDatasets accounted) {
        return new WorkspaceBuild(properties.taskConfigEntry(), accounted);
    }

    @Bean
    TaskFlow taskFlow(
            TaskManagerProperties properties,
            TaskDesk desk,
            Executors executors,
            Following following,
            Attempts attempts,
            ArtifactCache cache,
            Coordinators coordinators,
            WorkspaceBuild build,
            TaskFiles files,
            StorageQuota quota,
            PrivacyLedger privacy,
            RunStates states,
            ExecutorService clientThreads,
            Machine machine) {
        return new TaskFlow(
                desk,
                new TaskFetch(coordinators, cache, build, files, states, properties.scriptPolicy(), privacy, attempts),
                executors,
                new Delivery(coordinators, files, states, attempts, machine.clock()),
                following,
                attempts,
                new TaskFlow.Housekeeping(
                        files, quota, cache, states, privacy, coordinators, machine.clock(), clientThreads));
    }
}
