package io.nsfl.taskmanager;

import io.nsfl.taskmanager.setup.ClusterSetup;
import io.nsfl.workload.kubernetes.KubernetesAccess;

/** Where this client's executors run. */
sealed interface ExecutorPlace {
    /** Beside it, as processes. */
    record ThisMachine() implements ExecutorPlace {}

    /** In its Kubernetes cluster, as pods. */
    record Cluster(ClusterSetup setup, KubernetesAccess access) implements ExecutorPlace {}
}
