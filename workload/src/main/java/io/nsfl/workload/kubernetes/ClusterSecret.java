package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A secret that a whole installation shares, kept by Kubernetes and mounted by whoever needs it. */
public final class ClusterSecret {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterSecret.class);
    private static final String INSTALLATION = "app.kubernetes.io/part-of";
    private static final String NSFL = "nsfl";

    private final KubernetesClient client;
    private final String namespace;
    private final ApiCalls api;

    private ClusterSecret(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
        this.api = new ApiCalls(String.valueOf(client.getMasterUrl()));
    }

    /**
     * The value under this key; made if the Secret is absent. Of several that come at once all get the same one. Waits for the API as long
     * as it takes.
     *
     * @throws FaultException WORKLOAD_FAILED if it is refused, CONFIGURATION_INVALID if the Secret has no such key
     */
    public static String loadOrCreate(KubernetesAccess access, String name, String key, Supplier<String> made) {
        try (KubernetesClient client = access.connect()) {
            return loadOrCreate(client, access.namespace(), name, key, made);
        }
    }

    static String loadOrCreate(
            KubernetesClient client, String namespace, String name, String key, Supplier<String> made) {
        ClusterSecret secrets = new ClusterSecret(client, namespace);
        while (true) {
            try {
                return secrets.find(name, key)
                        .or(() -> secrets.create(name, key, made.get()))
                        .orElseGet(() -> secrets.find(name, key)
                                .orElseThrow(() -> new FaultException(
                                        Fault.UNAVAILABLE, "Secret " + name + " was made and removed again.")));
            } catch (FaultException away) {
                if (away.fault() != Fault.UNAVAILABLE) {
                    throw away;
                }
                LOG.warn("{} This is tried until it works.", away.getMessage());
            }
        }
    }

    private Optional<String> find(String name, String key) {
        Secret found = api.call(
                "Cannot read Secret " + name,
                () -> client.secrets().inNamespace(namespace).withName(name).get());
        return Optional.ofNullable(found)
                .map(secret -> Optional.ofNullable(secret.getData())
                        .map(data -> data.get(key))
                        .map(value -> new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8))
                        .orElseThrow(() -> new FaultException(
                                Fault.CONFIGURATION_INVALID,
                                "Secret " + name + " in namespace " + namespace + " has no key " + key
                                        + ": delete the Secret, so that it is made anew.")));
    }

    /** @return empty when somebody else was first */
    private Optional<String> create(String name, String key, String value) {
        Secret secret = new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .addToLabels(INSTALLATION, NSFL)
                .endMetadata()
                .withType("Opaque")
                .withData(Map.of(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))))
                .build();
        try {
            api.call(
                    "Cannot make Secret " + name,
                    () -> client.secrets()
                            .inNamespace(namespace)
                            .resource(secret)
                            .create());
            LOG.info("Made Secret {} in namespace {}", name, namespace);
            announce(name);
            return Optional.of(value);
        } catch (FaultException refused) {
            if (ApiCalls.conflicts(refused)) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    /**
     * Has the nodes look at once. A node shows a Secret that came after a pod's start when it looks at the pod again: about once a minute, or
     * when the pod changes, so each gets an annotation. Where that fails, the minute is waited.
     */
    private void announce(String name) {
        String note = "{\"metadata\":{\"annotations\":{\"nsfl.io/made\":\"" + name + "\"}}}";
        try {
            for (Pod pod : client.pods()
                    .inNamespace(namespace)
                    .withLabel(INSTALLATION, NSFL)
                    .list()
                    .getItems()) {
                client.pods()
                        .inNamespace(namespace)
                        .withName(pod.getMetadata().getName())
                        .patch(PatchContext.of(PatchType.JSON_MERGE), note);
            }
        } catch (KubernetesClientException later) {
            LOG.info("Pods that wait for Secret {} see it within about a minute ({})", name, later.getMessage());
        }
    }
}
