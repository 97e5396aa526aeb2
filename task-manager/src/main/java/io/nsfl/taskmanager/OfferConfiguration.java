package io.nsfl.taskmanager;

import com.sun.management.OperatingSystemMXBean;
import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.taskmanager.dataset.DatasetCatalog;
import io.nsfl.taskmanager.launch.JavaSdk;
import io.nsfl.taskmanager.launch.WorkingRuntimes;
import io.nsfl.taskmanager.privacy.PrivacyLedger;
import io.nsfl.taskmanager.queue.Admission;
import io.nsfl.taskmanager.queue.GpuCount;
import io.nsfl.taskmanager.queue.ResourceLedger;
import io.nsfl.taskmanager.quota.StorageQuota;
import io.nsfl.taskmanager.task.ClientStore;
import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What this client has to offer, and so what it takes on: data, runtimes, resources. */
@Configuration(proxyBeanMethods = false)
class OfferConfiguration {
    @Bean
    DatasetCatalog datasetCatalog(TaskManagerProperties properties) {
        return DatasetCatalog.read(properties.datasets());
    }

    @Bean
    PrivacyLedger privacyLedger(TaskManagerProperties properties, DatasetCatalog datasets, ClientStore store) {
        return new PrivacyLedger(properties.privacyBudget(), datasets.paths(), store);
    }

    @Bean
    WorkingRuntimes workingRuntimes(
            TaskManagerProperties properties, JavaSdk javaSdk, ExecutorService clientThreads, Machine machine) {
        Set<Runtime> wanted = properties.runtimes().isEmpty() ? EnumSet.allOf(Runtime.class) : properties.runtimes();
        return WorkingRuntimes.probe(
                new WorkingRuntimes.Probes(wanted, properties.pythons(), javaSdk.present(), machine.environment()),
                clientThreads);
    }

    @Bean
    ResourceLedger resourceLedger(TaskManagerProperties properties, ExecutorPlace place, Machine machine) {
        Resources caps = Resources.newBuilder()
                .setCpu(properties.capCpu())
                .setMemoryMb(properties.capMemoryMb())
                .setGpu(properties.capGpu())
                .build();
        return new ResourceLedger(
                switch (place) {
                    case ExecutorPlace.ThisMachine _ -> ofThisMachine(machine);
                    case ExecutorPlace.Cluster cluster -> ClusterConfiguration.capacity(cluster);
                },
                caps);
    }

    private static Resources ofThisMachine(Machine machine) {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return Resources.newBuilder()
                .setCpu(system.getAvailableProcessors())
                .setMemoryMb(system.getTotalMemorySize() >> 20)
                .setGpu(GpuCount.ofThisMachine(machine.environment()))
                .build();
    }

    @Bean
    Admission admission(
            TaskManagerProperties properties,
            ResourceLedger ledger,
            ClientKey key,
            WorkingRuntimes runtimes,
            DatasetCatalog datasets,
            StorageQuota quota) {
        return new Admission(
                ledger,
                new Admission.Rules(
                        key.identity().id(),
                        properties.maxTaskParallelism(),
                        runtimes::now,
                        datasets::names,
                        quota::full));
    }
}
