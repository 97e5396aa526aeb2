package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.nsfl.workload.WorkloadService;
import io.nsfl.workload.WorkloadSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** What a pod has beside it: pure. */
final class SideObjects {
    private static final JsonMapper JSON = new JsonMapper();

    private SideObjects() {}

    static Service service(WorkloadSpec spec, WorkloadService wanted, PodSettings settings) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withName(spec.name())
                .withNamespace(settings.namespace())
                .withLabels(PodLabels.of(spec, settings))
                .endMetadata()
                .withNewSpec()
                .withSelector(Map.of(PodLabels.WORKLOAD, spec.name()))
                .withPorts(ports(wanted))
                .withClusterIP(wanted.headless() ? "None" : null)
                // Workers look for each other before all of them are ready.
                .withPublishNotReadyAddresses(wanted.headless() ? Boolean.TRUE : null)
                .endSpec()
                .build();
    }

    private static List<ServicePort> ports(WorkloadService wanted) {
        List<ServicePort> ports = new ArrayList<>();
        for (WorkloadService.Port port : wanted.ports()) {
            ports.add(new ServicePortBuilder()
                    .withName("port-" + ports.size())
                    .withPort(port.port())
                    .withTargetPort(new IntOrString(port.target()))
                    .build());
        }
        return ports;
    }

    /** Whether a Service that is there already leads to the same ports. */
    static boolean leadsTo(Service present, WorkloadService wanted) {
        List<WorkloadService.Port> ports = present.getSpec().getPorts().stream()
                .map(port -> new WorkloadService.Port(
                        port.getPort(), port.getTargetPort().getIntVal()))
                .toList();
        return ports.equals(wanted.ports());
    }

    /** Belongs to the pod: Kubernetes removes it with the pod. */
    static Secret secret(WorkloadSpec spec, PodSettings settings, Pod pod, String name) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(settings.namespace())
                .withLabels(PodLabels.of(spec, settings))
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endOwnerReference()
                .endMetadata()
                .withType("Opaque")
                .withImmutable(true)
                .withStringData(Map.of(PodVolumes.SECRETS_FILE, JSON.writeValueAsString(spec.secrets())))
                .build();
    }

    /** The name of the Secret that a pod waits for, if it has one. */
    static Optional<String> secretOf(Pod pod) {
        return pod.getSpec().getVolumes().stream()
                .filter(volume -> volume.getName().equals(PodVolumes.SECRETS_VOLUME) && volume.getSecret() != null)
                .map(volume -> volume.getSecret().getSecretName())
                .findFirst();
    }
}
