package io.nsfl.scheduler;

import io.nsfl.scheduler.launch.CoordinatorPods;
import io.nsfl.scheduler.route.CoordinatorAddress;
import io.nsfl.scheduler.watch.WatchPolicy;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.kubernetes.ClusterSecret;
import io.nsfl.workload.kubernetes.KubernetesAccess;
import io.nsfl.workload.kubernetes.KubernetesWorkloadLauncher;
import io.nsfl.workload.kubernetes.PodSettings;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where coordinators are pods: what launches them, and the secret that Kubernetes keeps. Comes before what processes need. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "nsfl.scheduler.cloud-os", havingValue = "k8s")
@EnableConfigurationProperties(PodProperties.class)
class KubernetesConfiguration {
    /** The rest of the service finds it under this name too: in the manifests, for whoever mounts it. */
    private static final String INTERNAL_SECRET = "nsfl-internal";

    private static final Duration START_BOUND = Duration.ofMinutes(5);

    @Bean
    KubernetesAccess kubernetesAccess() {
        return KubernetesAccess.of(System.getenv());
    }

    @Bean
    InternalSecret clusterSecret(KubernetesAccess access) {
        return InternalSecret.of(ClusterSecret.loadOrCreate(
                access,
                INTERNAL_SECRET,
                "secret",
                () -> InternalSecret.generate(new SecureRandom()).hex()));
    }

    /** Its owner's name is that of this service's own Service, so that two installations in one namespace leave each other's pods alone. */
    @Bean(destroyMethod = "close")
    WorkloadLauncher podLauncher(
            KubernetesAccess access,
            SchedulerProperties properties,
            PodProperties pods,
            InstantSource clock,
            ScheduledExecutorService workloadTimer,
            ExecutorService jobThreads) {
        String owner = properties.jobSchedulerAddress().replaceFirst(":.*", "").replaceFirst("\\..*", "");
        return KubernetesWorkloadLauncher.open(
                access,
                new PodSettings(access.namespace(), owner, pods.gpuResource(), START_BOUND),
                new KubernetesWorkloadLauncher.Surroundings(clock, new SecureRandom(), workloadTimer, jobThreads));
    }

    @Bean
    CoordinatorPods coordinatorPods(SchedulerProperties properties, PodProperties pods) {
        return pods.pods(properties.workspace(), properties.deploymentWay().equals("cloud"));
    }

    @Bean
    CoordinatorAddress serviceAddress(PodProperties pods) {
        return CoordinatorAddress.service(pods.port());
    }

    /** A pod may wait for its node and its image, and says so itself. */
    @Bean
    WatchPolicy podWatchPolicy(SchedulerProperties properties) {
        return new WatchPolicy(
                properties.coordinatorHeartbeatTimeout(),
                START_BOUND.plusSeconds(90),
                5,
                Duration.ofSeconds(1),
                Duration.ofSeconds(30));
    }
}
