package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.workload.WorkloadResources;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the nodes of a cluster have to give, together. */
public final class ClusterNodes {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNodes.class);
    private static final BigDecimal MEBIBYTE = BigDecimal.valueOf(1 << 20);

    private ClusterNodes() {}

    /**
     * Asks once.
     *
     * @param labelKey of the nodes that count, with this value; an empty value counts all nodes
     * @param gpuResource Kubernetes' name of a GPU
     * @return empty when it cannot be known: nodes may not be listed, or the API does not answer
     */
    public static Optional<WorkloadResources> capacity(
            KubernetesAccess access, String labelKey, String labelValue, String gpuResource) {
        try (KubernetesClient client = access.connect()) {
            return capacity(client, labelKey, labelValue, gpuResource);
        }
    }

    static Optional<WorkloadResources> capacity(
            KubernetesClient client, String labelKey, String labelValue, String gpuResource) {
        ApiCalls api = new ApiCalls(String.valueOf(client.getMasterUrl()));
        try {
            List<Node> nodes = api.call(
                    "Cannot list the nodes",
                    () -> (labelValue.isEmpty()
                                    ? client.nodes().list()
                                    : client.nodes()
                                            .withLabel(labelKey, labelValue)
                                            .list())
                            .getItems());
            return Optional.of(sum(nodes, gpuResource));
        } catch (FaultException unknown) {
            LOG.warn("{} What this cluster has is not known; Kubernetes decides what fits.", unknown.getMessage());
            return Optional.empty();
        }
    }

    private static WorkloadResources sum(List<Node> nodes, String gpuResource) {
        double cpu = 0;
        long memory = 0;
        int gpu = 0;
        for (Node node : nodes) {
            if (ready(node)) {
                cpu += Math.floor(allocatable(node, "cpu").doubleValue());
                memory += allocatable(node, "memory")
                        .divideToIntegralValue(MEBIBYTE)
                        .longValue();
                gpu += allocatable(node, gpuResource).intValue();
            }
        }
        return new WorkloadResources(cpu, memory, gpu);
    }

    private static BigDecimal allocatable(Node node, String resource) {
        return Optional.ofNullable(node.getStatus().getAllocatable())
                .map(all -> all.get(resource))
                .map(Quantity::getNumericalAmount)
                .orElse(BigDecimal.ZERO);
    }

    private static boolean ready(Node node) {
        return node.getStatus() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(condition ->
                                "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }
}
