package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;

/** A namespace of its own in the cluster that KUBECONFIG names; its nodes have the image of {@code BUSYBOX}. */
final class RealCluster implements AutoCloseable {
    static final String BUSYBOX = System.getenv().getOrDefault("NSFL_TEST_BUSYBOX", "docker.io/local/busybox:1");

    private final Config config;
    private final KubernetesClient client;
    private final String namespace = "nsfl-it-" + UUID.randomUUID().toString().substring(0, 8);

    private RealCluster(Config config) {
        this.config = config;
        this.client = connect();
    }

    /** Skips the test where there is none. */
    static RealCluster orSkip() {
        String kubeconfig = System.getenv().getOrDefault("KUBECONFIG", "");
        Assumptions.assumeTrue(
                !kubeconfig.isEmpty() && Files.isRegularFile(Path.of(kubeconfig)),
                "No cluster is tried: KUBECONFIG names no file.");
        RealCluster cluster = new RealCluster(
                new ConfigBuilder(Config.fromKubeconfig(Path.of(kubeconfig).toFile()))
                        .withRequestTimeout(5000)
                        .withConnectionTimeout(3000)
                        .withRequestRetryBackoffLimit(0)
                        .build());
        try {
            cluster.client
                    .namespaces()
                    .resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(cluster.namespace)
                            .endMetadata()
                            .build())
                    .create();
        } catch (KubernetesClientException absent) {
            cluster.client.close();
            Assumptions.abort("No cluster is tried: the one that KUBECONFIG names does not answer ("
                    + absent.getMessage() + ").");
        }
        return cluster;
    }

    String namespace() {
        return namespace;
    }

    KubernetesClient client() {
        return client;
    }

    /** For a launcher, which closes it. */
    KubernetesClient connect() {
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    @Override
    public void close() {
        client.namespaces().withName(namespace).delete();
        client.close();
    }
}
