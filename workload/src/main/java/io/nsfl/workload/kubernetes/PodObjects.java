package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.workload.WorkloadService;
import io.nsfl.workload.WorkloadSpec;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Makes, finds and removes the objects of workloads at the API. Nothing that another service made is touched. */
final class PodObjects {
    private static final Duration LOOK = Duration.ofMillis(200);
    /** Beyond the grace: the node's own work. After it the pod is taken off the books, whatever its node says. */
    private static final Duration SLACK = Duration.ofSeconds(30);

    private static final int TRIES = 3;

    private final KubernetesClient client;
    private final PodSettings settings;
    private final ApiCalls api;

    PodObjects(KubernetesClient client, PodSettings settings, ApiCalls api) {
        this.client = client;
        this.settings = settings;
        this.api = api;
    }

    PodResource pod(String name) {
        return client.pods().inNamespace(settings.namespace()).withName(name);
    }

    /** @throws FaultException WORKLOAD_FAILED when something of this name is there that is not this service's */
    Optional<Pod> find(String name) {
        return own(api.call("Cannot look for pod " + name, () -> pod(name).get()));
    }

    List<Pod> all() {
        return api.call(
                "Cannot list the pods",
                () -> client.pods()
                        .inNamespace(settings.namespace())
                        .withLabels(PodLabels.selector(settings))
                        .list()
                        .getItems());
    }

    /** @return the pod as Kubernetes took it; its own earlier one of this name when a lost answer hid it */
    Pod create(WorkloadSpec spec, String secretName) {
        Pod wanted = PodManifest.of(spec, settings, secretName);
        for (int tries = 1; ; tries++) {
            try {
                return api.call(
                        "Cannot make pod " + spec.name(),
                        () -> client.pods()
                                .inNamespace(settings.namespace())
                                .resource(wanted)
                                .create());
            } catch (FaultException refused) {
                if (!ApiCalls.conflicts(refused) || tries == TRIES) {
                    throw refused;
                }
                Optional<Pod> present = find(spec.name());
                if (present.isPresent()
                        && PodLabels.revision(present.get()).equals(spec.revision())
                        && present.get().getMetadata().getDeletionTimestamp() == null) {
                    return present.get();
                }
            }
        }
    }

    /** Makes sure that a pod has its Secret; one that is there is right, because its name is used once. */
    void ensureSecret(WorkloadSpec spec, Pod pod) {
        SideObjects.secretOf(pod).ifPresent(name -> {
            Secret secret = SideObjects.secret(spec, settings, pod, name);
            try {
                api.call(
                        "Cannot make Secret " + name,
                        () -> client.secrets()
                                .inNamespace(settings.namespace())
                                .resource(secret)
                                .create());
            } catch (FaultException refused) {
                if (!ApiCalls.conflicts(refused)) {
                    throw refused;
                }
            }
        });
    }

    void ensureService(WorkloadSpec spec, WorkloadService wanted) {
        Optional<Service> present = service(spec.name());
        if (present.isPresent()) {
            if (SideObjects.leadsTo(present.get(), wanted)) {
                return;
            }
            deleteService(spec.name());
        }
        Service service = SideObjects.service(spec, wanted, settings);
        api.call(
                "Cannot make Service " + spec.name(),
                () -> client.services()
                        .inNamespace(settings.namespace())
                        .resource(service)
                        .create());
    }

    private Optional<Service> service(String name) {
        return own(api.call(
                "Cannot look for Service " + name,
                () -> client.services()
                        .inNamespace(settings.namespace())
                        .withName(name)
                        .get()));
    }

    /** The Service first: the pod is what an unfinished end is found by. Returns when both are gone. */
    void delete(String name, Duration grace) {
        if (service(name).isPresent()) {
            deleteService(name);
        }
        deletePod(name, grace);
    }

    /** Returns when it is gone. */
    void deletePod(String name, Duration grace) {
        find(name).ifPresent(pod -> delete(pod, grace));
    }

    private void deleteService(String name) {
        api.call(
                "Cannot delete Service " + name,
                () -> client.services()
                        .inNamespace(settings.namespace())
                        .withName(name)
                        .delete());
    }

    private void delete(Pod pod, Duration grace) {
        String name = pod.getMetadata().getName();
        long seconds = Math.max(1, grace.plusMillis(999).toSeconds());
        requestDeletion(name, seconds);
        if (!awaitGone(pod, grace.plus(SLACK))) {
            requestDeletion(name, 0);
            awaitGone(pod, SLACK);
        }
    }

    private void requestDeletion(String name, long seconds) {
        api.call(
                "Cannot delete pod " + name,
                () -> pod(name).withGracePeriod(seconds).delete());
    }

    private boolean awaitGone(Pod pod, Duration bound) {
        String uid = pod.getMetadata().getUid();
        long looks = bound.dividedBy(LOOK) + 1;
        for (long done = 0; done < looks; done++) {
            Pod present = api.call(
                    "Cannot look for pod " + pod.getMetadata().getName(),
                    () -> pod(pod.getMetadata().getName()).get());
            if (present == null || !present.getMetadata().getUid().equals(uid)) {
                return true;
            }
            if (!api.pause(LOOK)) {
                throw new FaultException(
                        Fault.UNAVAILABLE,
                        "The wait for the end of pod " + pod.getMetadata().getName() + " was broken off.");
            }
        }
        return false;
    }

    /** What Kubernetes last complained about this pod. */
    Optional<String> warning(Pod pod) {
        return api
                .call(
                        "Cannot read the events of pod " + pod.getMetadata().getName(),
                        () -> client.v1()
                                .events()
                                .inNamespace(settings.namespace())
                                .withField(
                                        "involvedObject.uid", pod.getMetadata().getUid())
                                .list()
                                .getItems())
                .stream()
                .filter(event -> "Warning".equals(event.getType()))
                .max(Comparator.comparing(Event::getLastTimestamp, Comparator.nullsFirst(Comparator.naturalOrder())))
                .map(Event::getMessage);
    }

    private <T extends HasMetadata> Optional<T> own(T found) {
        if (found != null && !PodLabels.belongsTo(settings, found)) {
            throw new FaultException(
                    Fault.WORKLOAD_FAILED,
                    "In Kubernetes namespace %s there is a %s %s that %s did not make: give the job another id, or remove it."
                            .formatted(
                                    settings.namespace(),
                                    found.getKind(),
                                    found.getMetadata().getName(),
                                    settings.owner()));
        }
        return Optional.ofNullable(found);
    }
}
