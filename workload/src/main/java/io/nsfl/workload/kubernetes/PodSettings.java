package io.nsfl.workload.kubernetes;

import java.time.Duration;

/**
 * What is the same for every pod of a service.
 *
 * @param namespace where pods are made
 * @param owner the service that makes them: it sees no other's
 * @param gpuResource Kubernetes' name of a GPU
 * @param startBound how long a pod may take to run
 * @param imageBound how long its image may fail to be had; the node tries again meanwhile
 */
public record PodSettings(
        String namespace, String owner, String gpuResource, Duration startBound, Duration imageBound) {
    /** The user of every container. */
    static final long USER = 10001;

    static final Duration IMAGE_BOUND = Duration.ofSeconds(45);

    public PodSettings(String namespace, String owner, String gpuResource, Duration startBound) {
        this(namespace, owner, gpuResource, startBound, IMAGE_BOUND);
    }
}
